"""Which programs of this machine play and speak, and how they are called."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from drivers.settings import SoundPlayer, SoundSettings
from drivers.sound.tones import SAMPLES_S

VOICE = "espeak-ng"
_VOICES = {"zh-Hans": "cmn", "ar": "ar", "en": "en"}
_PLAYERS = (SoundPlayer.APLAY, SoundPlayer.PAPLAY)
_CARDS = Path("/dev/snd")
_LOUDEST_VOICE = 150  # of espeak-ng's 0 to 200

Command = tuple[str, ...]
Which = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Programs:
    """What makes sound here: `play` reads samples; `voice` is espeak-ng's path, "" where nothing speaks."""

    player: SoundPlayer
    play: Command
    voice: str = ""
    volume: int = 80

    def speak(self, language: str) -> Command:
        """Reads text in that language and writes samples, behind a header that is too short to be heard."""
        loudness = str(self.volume * _LOUDEST_VOICE // 100)
        return (self.voice, "--stdin", "--stdout", "-a", loudness, "-v", _VOICES.get(language, "en"))


def programs_of(
    settings: SoundSettings, which: Which = shutil.which, cards: Path = _CARDS
) -> Programs | None:
    """The programs that these settings and this machine come to; None for no loudspeaker.

    Left to itself (`auto`), aplay is taken only where there is a sound card.
    """
    wanted = _PLAYERS if settings.player is SoundPlayer.AUTO else (settings.player,)
    for player in wanted:
        found = which(player) if player in _PLAYERS else None
        if found and (player is not SoundPlayer.APLAY or settings.player is player or has_card(cards)):
            voice = (which(VOICE) or "") if settings.speak else ""
            return Programs(player, (found, *_arguments(player, settings.device)), voice, settings.volume)
    return None


def has_card(cards: Path = _CARDS) -> bool:
    """Whether the kernel knows something that plays (`pcmC0D0p` and the like)."""
    return any(cards.glob("pcmC*D*p"))


def _arguments(player: SoundPlayer, device: str) -> Command:
    if player is SoundPlayer.PAPLAY:
        sink = (f"--device={device}",) if device else ()
        return ("--raw", "--format=s16le", f"--rate={SAMPLES_S}", "--channels=1", *sink)
    card = ("-D", device) if device else ()
    return ("-q", "-t", "raw", "-f", "S16_LE", "-r", str(SAMPLES_S), "-c", "1", *card)
