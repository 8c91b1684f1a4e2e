"""What can be wrong with what both ends agree on: messages, keys, rosters, badges, carried files."""

from enum import StrEnum


class ContractTrouble(StrEnum):
    """The codes of `error-…` in the catalogs for the contract."""

    BADGE_DAY = "badge_day"
    BADGE_NUMBER = "badge_number"

    BATCH_MISCOUNTED = "batch_miscounted"
    BATCH_NOT_CHAINED = "batch_not_chained"
    BATCH_NOT_INFLATED = "batch_not_inflated"
    BATCH_TOO_LARGE = "batch_too_large"
    EVENT_NOT_UNDERSTOOD = "event_not_understood"
    EVENT_TOO_LARGE = "event_too_large"
    EVENT_WITHOUT_PLACE = "event_without_place"
    FILE_NOT_WHOLE = "file_not_whole"
    HEADER_NOT_UNDERSTOOD = "header_not_understood"
    MESSAGE_TOO_LARGE = "message_too_large"
    NO_ENVELOPE = "no_envelope"
    NOT_SIGNED = "not_signed"
    OTHER_VERSION = "other_version"
    TOLD_OTHER_REALM = "told_other_realm"
    TOLD_OTHER_TERMINAL = "told_other_terminal"

    PERSON_NOT_OPENED = "person_not_opened"

    KEY_NOT_READ = "key_not_read"
    KEY_NOT_WRITTEN = "key_not_written"
    KEY_OTHER = "key_other"
    PSEUDONYM_KEY_LENGTH = "pseudonym_key_length"
    PSEUDONYM_KEY_NOT_READ = "pseudonym_key_not_read"
    PUBLIC_KEY_WRONG = "public_key_wrong"

    NO_PIN = "no_pin"
    PIN_TOO_SIMPLE = "pin_too_simple"

    NO_SETTING = "no_setting"
    ROSTER_NOT_TRUSTED = "roster_not_trusted"
    ROSTER_NOT_WHOLE = "roster_not_whole"
    ROSTER_OTHER_REALM = "roster_other_realm"
    ROSTER_OTHER_TERMINAL = "roster_other_terminal"
    CERTIFICATE_FOR_OTHER = "certificate_for_other"
    CERTIFICATE_OTHER_REALM = "certificate_other_realm"
    CERTIFICATE_IS_NONE = "certificate_is_none"
    PUBLIC_KEY_WEAK = "public_key_weak"
    TERMINAL_NAME_RESERVED = "terminal_name_reserved"
    TERMINAL_NAME_WRONG = "terminal_name_wrong"
