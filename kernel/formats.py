"""How dates, spans of time, money and quantities read, the same in pages, papers and API."""

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.utils import timezone

from kernel.money import Money
from kernel.tongue import GERMAN, figures, language, say
from kernel.wording import MINUS, THIN_SPACE, grouped, plain

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MONTHS_FROM_DAYS = 90
Moment = date | datetime


def day_of(moment: Moment) -> date:
    """The calendar day of a moment in the shop's time zone."""
    if isinstance(moment, datetime):
        return timezone.localtime(moment).date() if timezone.is_aware(moment) else moment.date()
    return moment


def absolute(moment: Moment, *, today: date, clock: bool = False) -> str:
    """`Thu 3 Dec`, with the year when it is another one, with `14:05` on demand."""
    day = day_of(moment)
    weekday, month = say(WEEKDAYS[day.weekday()]), say(MONTHS[day.month - 1])
    words = f"{weekday} {day.day}{'.' if language() == GERMAN else ''} {month}"
    if day.year != today.year:
        words += f" {day.year}"
    if clock and isinstance(moment, datetime):
        local = timezone.localtime(moment) if timezone.is_aware(moment) else moment
        words += f" {local:%H:%M}"
    return words


def relative_day(day: date, today: date) -> str:
    """`today`, `tomorrow`, `in 11 days`, `3 days ago`, `in 5 months`."""
    days = (day - today).days
    near = {0: "today", 1: "tomorrow", -1: "yesterday"}
    if days in near:
        return say(near[days])
    count, unit = (abs(days), "day") if abs(days) <= MONTHS_FROM_DAYS else (round(abs(days) / 30.44), "month")
    return _away(plural(count, unit), days > 0)


def relative_time(moment: datetime, now: datetime) -> str:
    """`just now`, `12 min ago`, `in 3 h`; from the next day on as days."""
    seconds = (moment - now).total_seconds()
    if abs(seconds) < 60:
        return say("just now" if seconds <= 0 else "in under a minute")
    if abs(seconds) >= 20 * 3600:
        return relative_day(day_of(moment), day_of(now))
    minutes = int(abs(seconds) // 60)
    words = f"{minutes} min" if minutes < 60 else f"{round(minutes / 60)} h"
    return _away(words, seconds > 0)


def late_by(moment: Moment, than: Moment) -> str:
    """`3 d late` or `5 h late` when `than` lies after `moment`, otherwise an empty string."""
    if isinstance(moment, datetime) and isinstance(than, datetime):
        hours = int((than - moment).total_seconds() // 3600)
        if 0 < hours < 24:
            return f"{hours} h late"
    days = (day_of(than) - day_of(moment)).days
    return f"{days} d late" if days > 0 else ""


def duration(minutes: float | Decimal | timedelta) -> str:
    """`2 h 15 min`, `45 min`, `8 s`; never days, since a working day has no fixed length."""
    seconds = round(minutes.total_seconds() if isinstance(minutes, timedelta) else float(minutes) * 60)
    sign, seconds = (MINUS if seconds < 0 else ""), abs(seconds)
    if seconds < 60:
        return f"{sign}{seconds} s" if seconds else "0 min"
    hours, rest = divmod(round(seconds / 60), 60)
    parts = [f"{hours} h"] if hours else []
    parts += [f"{rest} min"] if rest else []
    return sign + " ".join(parts)


def number(value: Decimal | float | int, places: int | None = None) -> str:
    """Grouped by thousands; trailing zeros fall away unless a number of places is asked for."""
    exact = Decimal(str(value))
    if places is None:
        return figures(grouped(plain(exact)))
    return figures(grouped(format(exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP), "f")))


def money(amount: Decimal | float | int, currency: str) -> str:
    """`EUR 1 234.50` with the currency's own number of places."""
    return Money(Decimal(str(amount)), currency).format(language())


def quantity(value: Decimal | float | int, unit: str = "") -> str:
    """`12.5 kg`, `1 200 pcs`."""
    return f"{number(value)}{THIN_SPACE}{unit}" if unit else number(value)


def plural(count: int, word: str, many: str = "") -> str:
    """`1 day`, `2 days`, `3 batches` where `many` names the irregular plural."""
    return f"{number(count)} {say(word if count == 1 else many or word + 's')}"


def _away(span: str, ahead: bool) -> str:
    return say("in {span}" if ahead else "{span} ago", span=span)
