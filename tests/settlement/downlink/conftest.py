from tests.settlement.codes.conftest import issue, pseudonym_key, registered, telephone

__all__ = ["issue", "pseudonym_key", "registered", "telephone"]
