"""What can be wrong at a terminal besides devices, log and line; and what to repair on a machine."""

from enum import StrEnum


class TerminalTrouble(StrEnum):
    """The codes of `error-…` in the catalogs for the terminal, in the order of the rooms of `kiosk/`."""

    DEVICE_NAMED_TWICE = "device_named_twice"
    SCANNER_CHANGES_CASE = "scanner_changes_case"
    SCANNER_LAYOUT = "scanner_layout"
    READER_FORMAT = "reader_format"
    READER_REVERSED = "reader_reversed"
    STAND_INS_AT_LIVE = "stand_ins_at_live"
    UPLINK_NOT_RUNNING = "uplink_not_running"
    ZONE_NOT_KNOWN = "zone_not_known"

    CLIENT_OTHER_VERSION = "client_other_version"
    CLIENT_WITHOUT_HELLO = "client_without_hello"
    CONVERSATION_NOT_READ = "conversation_not_read"
    CONVERSATION_WITHOUT_SNAPSHOT = "conversation_without_snapshot"
    ENGINE_ENDED = "engine_ended"
    ENGINE_LINE_TOO_LONG = "engine_line_too_long"
    ENGINE_MISSING = "engine_missing"
    ENGINE_OTHER_VERSION = "engine_other_version"
    ENGINE_SILENT = "engine_silent"
    LOCAL_LINE_NOT_UNDERSTOOD = "local_line_not_understood"
    SOCKET_FAILED = "socket_failed"
    SOCKET_FORBIDDEN = "socket_forbidden"
    SOCKET_NOT_MADE = "socket_not_made"

    ACK_OTHER_TERMINAL = "ack_other_terminal"
    COMMAND_TOO_LATE = "command_too_late"
    DELIVERED_FILE_WRONG = "delivered_file_wrong"
    DELIVERED_NOT_DELETED = "delivered_not_deleted"
    DELIVERED_NOT_SEEN = "delivered_not_seen"
    KEY_LOST = "key_lost"
    KEY_NOT_TAKEN = "key_not_taken"
    KIND_NOT_TAKEN = "kind_not_taken"
    ROSTER_FILE_NOT_READ = "roster_file_not_read"
    ROSTER_OTHER_NUMBER = "roster_other_number"
    STILL_HELD = "still_held"

    DISK_FULL = "disk_full"
    KEPT_CHANGED = "kept_changed"
    KEPT_ELSEWHERE = "kept_elsewhere"
    KEPT_FORGOTTEN = "kept_forgotten"
    KEPT_NOT_READ = "kept_not_read"
    KEPT_NOT_WRITTEN = "kept_not_written"
    NOT_DELETED = "not_deleted"
    REVOCATION_NOT_NOTED = "revocation_not_noted"

    BRLTTY_INSTALLED = "brltty_installed"
    CARD_SERVICE_OFF = "card_service_off"
    DEVICE_ELSEWHERE = "device_elsewhere"
    DEVICE_FORBIDDEN = "device_forbidden"
    DEVICE_HELD = "device_held"
    DEVICE_NOT_HERE = "device_not_here"
    DEVICE_OF_ROOT = "device_of_root"
    DEVICE_RENAMED = "device_renamed"
    GPIO_MISSING = "gpio_missing"
    IMPORT_NAME_SHARED = "import_name_shared"
    MODEM_MANAGER_RUNNING = "modem_manager_running"
    MODULES_LOADED = "modules_loaded"
    NO_DEVICE_FOUND = "no_device_found"
    NO_DEVICE_NAMED = "no_device_named"

    GLYPH_WRONG = "glyph_wrong"
    NO_CENTRE_YET = "no_centre_yet"
    ENROLMENT_INCOMPLETE = "enrolment_incomplete"
    TOKEN_NOT_TAKEN = "token_not_taken"  # noqa: S105 - the name of a trouble


class CheckTrouble(StrEnum):
    """The codes of `error-…` in the catalogs for what `muster doctor` finds, in the order of its page."""

    FILE_MISSING = "file_missing"
    ACCOUNT_MAY_NOT_READ = "account_may_not_read"

    NOT_ENROLLED = "not_enrolled"
    ENROLMENT_BEGUN = "enrolment_begun"
    KEY_OPEN_TO_ALL = "key_open_to_all"
    SERVICE_MAY_NOT_READ = "service_may_not_read"
    KEY_IS_THE_CENTRES = "key_is_the_centres"
    TERMINAL_REVOKED = "terminal_revoked"
    ROSTER_NOT_BELIEVED = "roster_not_believed"

    LINE_NOT_ENCRYPTED = "line_not_encrypted"
    CERTIFICATE_OF_OTHER = "certificate_of_other"
    CERTIFICATE_WITHOUT_KEY = "certificate_without_key"
    CERTIFICATE_BY_OTHER = "certificate_by_other"
    CERTIFICATE_NOT_BEGUN = "certificate_not_begun"
    CERTIFICATE_OVER = "certificate_over"
    CERTIFICATE_NEAR_END = "certificate_near_end"

    BROKER_NAME_UNKNOWN = "broker_name_unknown"
    BROKER_WITHOUT_TLS = "broker_without_tls"
    BROKER_OF_OTHER_AUTHORITY = "broker_of_other_authority"
    BROKER_OF_OTHER_NAME = "broker_of_other_name"
    BROKER_CERTIFICATE_WRONG = "broker_certificate_wrong"
    BROKER_REFUSES_CERTIFICATE = "broker_refuses_certificate"
    BROKER_SILENT = "broker_silent"

    ROSTER_NONE = "roster_none"
    ROSTER_OLD = "roster_old"

    CLOCK_NEVER_SET = "clock_never_set"
    CLOCK_BEHIND_LOG = "clock_behind_log"
    CLOCK_NOT_STEERED = "clock_not_steered"

    STATE_FOLDER_MISSING = "state_folder_missing"
    STATE_FOLDER_REFUSES = "state_folder_refuses"
    DISK_NEARLY_FULL = "disk_nearly_full"

    LOG_NOT_THERE = "log_not_there"
    LOG_TO_SALVAGE = "log_to_salvage"
    EVENTS_WAIT_LONG = "events_wait_long"

    SERVICE_MISSING = "service_missing"
    SERVICE_NOT_RUNNING = "service_not_running"
    SERVICE_NOT_AT_BOOT = "service_not_at_boot"
    SERVICE_RESTARTED = "service_restarted"

    DISPLAY_NOT_READ = "display_not_read"

    DEVICE_FAILS = "device_fails"
    BADGE_NOT_READ = "badge_not_read"
    BADGE_SPOILT = "badge_spoilt"
    BADGE_FOREIGN = "badge_foreign"
    PIN_LIBRARY_MISSING = "pin_library_missing"
    PINS_NOT_OPENED = "pins_not_opened"
    PLAYER_MISSING = "player_missing"
    SOUND_NOT_PLAYED = "sound_not_played"
    VOICE_MISSING = "voice_missing"

    BUNDLE_NOT_WRITTEN = "bundle_not_written"
