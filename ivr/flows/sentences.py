"""The sentences of the prompt catalogue that the flows speak, by name, so that a misspelt one is a type error."""

from enum import StrEnum, auto


class Sentence(StrEnum):
    """The value is the sound: `damrong/press-9-english` for PRESS_9_ENGLISH."""

    @staticmethod
    def _generate_next_value_(name: str, *_: object) -> str:
        return "damrong/" + name.lower().replace("_", "-")

    GREETING = auto()
    RECORDED = auto()
    PRESS_8_TRACK = auto()
    PRESS_9_ENGLISH = auto()
    PRESS_0_NATIONAL = auto()

    CHOOSE_PROVINCE = auto()
    CHOOSE_REGION = auto()
    MENU_PRESS = auto()
    MENU_MORE = auto()
    MENU_REPEAT = auto()
    OTHER_PROVINCE_STAR = auto()
    REMEMBERED_BEFORE = auto()
    REMEMBERED_YES_NO = auto()
    ASK_POSTCODE = auto()
    STAR_REGIONS = auto()
    POSTCODE_UNKNOWN = auto()
    CONFIRM_PROVINCE_BEFORE = auto()
    CONFIRM_YES_NO = auto()

    TRACK_ASK_REF = auto()
    TRACK_STAR_OFFICER = auto()
    TRACK_REF_WRONG = auto()
    TRACK_ASK_PIN = auto()
    TRACK_NOT_FOUND = auto()
    TRACK_TOO_MANY = auto()
    TRACK_AWAY = auto()
    TRACK_OFFICER_HELPS = auto()
    TRACK_CASE = auto()
    TRACK_ON_DAY = auto()
    TRACK_RECEIVED = auto()
    TRACK_WITH_AGENCY = auto()
    TRACK_IN_PROGRESS = auto()
    TRACK_REVIEWED = auto()
    TRACK_FINISHED = auto()
    TRACK_NOT_PURSUED = auto()
    TRACK_WITHDRAWN = auto()
    TRACK_WAITS_FOR_YOU = auto()
    TRACK_DUE = auto()
    TRACK_LATE = auto()
    TRACK_RESULT = auto()
    TRACK_MENU = auto()

    NOTHING_HEARD = auto()
    NOT_UNDERSTOOD = auto()
    TRY_AGAIN = auto()

    TO_NATIONAL = auto()
    CONNECTING_TO = auto()
    PLEASE_WAIT = auto()
    CONNECTION_BROKE = auto()

    ALL_BUSY = auto()
    CALLBACK_OR_MESSAGE = auto()
    CALLBACK_NUMBER_BEFORE = auto()
    CALLBACK_CONFIRM = auto()
    ASK_CALLBACK_NUMBER = auto()
    CALLBACK_NUMBER_WRONG = auto()
    CALLBACK_TAKEN = auto()
    LEAVE_MESSAGE = auto()
    MESSAGE_EMPTY = auto()
    MESSAGE_TAKEN = auto()
    GOODBYE = auto()

    CALLBACK_CALLING = auto()
    NUMBER_NOT_ALLOWED = auto()

    STANDBY_NEEDED = auto()
    STANDBY_YES_NO = auto()
    STANDBY_ACCEPTED = auto()
    STANDBY_DECLINED = auto()
    STANDBY_TOO_LATE = auto()
