"""What can be wrong with the line between a terminal and the centre."""

from enum import StrEnum


class LineTrouble(StrEnum):
    """The codes of `error-…` in the catalogs for the line."""

    BROKER_AWAY = "broker_away"
    BROKER_HUNG_UP = "broker_hung_up"
    BROKER_REFUSES = "broker_refuses"
    BROKER_UNREACHABLE = "broker_unreachable"
    CENTRE_HOLDS_OTHERS = "centre_holds_others"
    CERTIFICATE_ENDED = "certificate_ended"
    CERTIFICATE_NOT_RENEWED = "certificate_not_renewed"
    CERTIFICATES_NOT_USABLE = "certificates_not_usable"
    EVENTS_REFUSED = "events_refused"
    LOG_DOUBTED = "log_doubted"
    MESSAGES_REFUSED = "messages_refused"
    NEEDS_ARCHIVE = "needs_archive"
    PAUSES_CONTRADICT = "pauses_contradict"
    SESSION_TAKEN_OVER = "session_taken_over"
    AUTHORITY_KEY_OTHER = "authority_key_other"
    AUTHORITY_KEY_NOT_READABLE = "authority_key_not_readable"
    CERTIFICATE_REQUEST_UNSIGNED = "certificate_request_unsigned"
    CERTIFICATE_KEY_OTHER = "certificate_key_other"
    AUTHORITY_PAIR_BROKEN = "authority_pair_broken"
    CERTIFICATE_NOT_READABLE = "certificate_not_readable"
    CERTIFICATE_AND_KEY_ONE_FILE = "certificate_and_key_one_file"
    CERTIFICATE_REQUEST_IS_NONE = "certificate_request_is_none"
    PKCS11_KEY_UNUSABLE = "pkcs11_key_unusable"
    PKCS11_KEY_NAME_WRONG = "pkcs11_key_name_wrong"
    PKCS11_PIN_NOT_READABLE = "pkcs11_pin_not_readable"
    PKCS11_TOOL_MISSING = "pkcs11_tool_missing"
