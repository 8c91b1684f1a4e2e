"""What can be wrong with a command, or with the demo."""

from enum import StrEnum


class CommandTrouble(StrEnum):
    """The codes of `error-…` in the catalogs for the command line."""

    BADGE_KEY_NOT_BELIEVED = "badge_key_not_believed"
    BROKER_ADDRESS_WRONG = "broker_address_wrong"
    CHECK_NAME_WRONG = "check_name_wrong"
    DEMO_FAILED = "demo_failed"
    SHOW_SCRIPT_WRONG = "show_script_wrong"
    DEMO_FOLDER_NOT_EMPTY = "demo_folder_not_empty"
    COMMAND_LIBRARY_MISSING = "command_library_missing"
    MOSQUITTO_MISSING = "mosquitto_missing"
    PORT_NOT_FREE = "port_not_free"
