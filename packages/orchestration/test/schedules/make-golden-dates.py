"""Writes golden-dates.json: what Prefect's own schedules give for each case below.

    python make-golden-dates.py

Needs `prefect` and Python 3.13 or newer: with older ones, Prefect loses hours that come twice. The file says which
versions were used.
"""

import asyncio
import datetime
import json
import pathlib
import sys

import prefect
from prefect._internal.schemas.validators import normalize_rrule_string
from prefect.server.schemas.schedules import CronSchedule, IntervalSchedule, RRuleSchedule

NEW_YORK, PARIS, KATHMANDU, LORD_HOWE, SAO_PAULO, UTC = (
    "America/New_York", "Europe/Paris", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Sao_Paulo", "UTC",
)
DAY = 86400


def interval(seconds, anchor, zone=None):
    return {"interval": seconds, "anchor_date": anchor, "timezone": zone}


def cron(text, zone=None, day_or=True):
    return {"cron": text, "timezone": zone, "day_or": day_or}


def rrule(text, zone=UTC):
    return {"rrule": text, "timezone": zone}


def case(name, schedule, start, count=None, until=None):
    return {"name": name, "schedule": schedule, "from": start, "count": count, "until": until}


SPRING_NY, AUTUMN_NY = "2026-03-07T00:00:00Z", "2026-10-31T00:00:00Z"
SPRING_PARIS, AUTUMN_PARIS = "2026-03-27T12:00:00Z", "2026-10-24T00:00:00Z"

CASES = [
    # Intervals
    case("hourly from an anchor long past", interval(3600, "2020-01-01T00:00:00Z"), "2026-11-20T11:30:00Z", 4),
    case("hourly with the start on a date", interval(3600, "2026-11-20T11:00:00Z"), "2026-11-20T11:00:00Z", 2),
    case("a start one microsecond after a date", interval(3600, "2026-11-20T11:00:00Z"), "2026-11-20T11:00:00.000001Z", 2),
    case("an anchor with microseconds", interval(900, "2026-11-20T11:46:51.929488Z"), "2026-11-20T12:00:00Z", 4),
    case("an anchor in the future", interval(3600, "2027-01-01T00:20:00Z"), "2026-11-20T11:30:00Z", 3),
    case("a daily anchor in the future", interval(DAY, "2026-12-24T09:00:00Z"), "2026-11-20T11:30:00Z", 3),
    case("half a second", interval(0.5, "2026-11-20T00:00:00Z"), "2026-11-20T11:30:00.250000Z", 4),
    case("ninety seconds", interval(90, "2026-11-20T00:00:00Z", KATHMANDU), "2026-11-20T11:30:01Z", 3),
    case("seven minutes until an end", interval(420, "2026-01-01T00:00:00Z", UTC), "2026-11-20T11:30:00Z", None, "2026-11-20T12:30:00Z"),
    case("an end that is a date is included", interval(3600, "2026-01-01T00:00:00Z", UTC), "2026-11-20T11:30:00Z", None, "2026-11-20T13:00:00Z"),
    case("no date before the end", interval(DAY, "2026-01-01T00:00:00Z", UTC), "2026-11-20T11:30:00Z", None, "2026-11-20T23:00:00Z"),
    case("count and end, the count is smaller", interval(60, "2026-01-01T00:00:00Z", UTC), "2026-11-20T11:30:00Z", 3, "2026-11-20T23:00:00Z"),
    case("hourly where New York skips an hour", interval(3600, "2026-03-01T05:00:00Z", NEW_YORK), "2026-03-08T05:00:00Z", 5),
    case("hourly where New York has an hour twice", interval(3600, "2026-10-01T04:00:00Z", NEW_YORK), "2026-11-01T04:00:00Z", 5),
    case("daily at nine where New York skips an hour", interval(DAY, "2026-03-05T14:00:00Z", NEW_YORK), SPRING_NY, 5),
    case("daily at nine where New York has an hour twice", interval(DAY, "2026-10-20T13:00:00Z", NEW_YORK), AUTUMN_NY, 4),
    case("daily in UTC ignores New York", interval(DAY, "2026-03-05T14:00:00Z", UTC), SPRING_NY, 4),
    case("daily at nine in Paris, spring", interval(DAY, "2026-03-20T08:00:00Z", PARIS), SPRING_PARIS, 4),
    case("daily at nine in Paris, autumn", interval(DAY, "2026-10-20T07:00:00Z", PARIS), AUTUMN_PARIS, 4),
    case("weekly in Paris over autumn", interval(7 * DAY, "2026-10-12T06:30:00Z", PARIS), "2026-10-13T00:00:00Z", 4),
    case("half-hour clock change of Lord Howe, spring", interval(DAY, "2026-09-30T22:30:00Z", LORD_HOWE), "2026-10-02T00:00:00Z", 4),
    case("half-hour clock change of Lord Howe, autumn", interval(DAY, "2026-04-01T22:00:00Z", LORD_HOWE), "2026-04-03T00:00:00Z", 4),
    case("half-hourly on Lord Howe over the change", interval(1800, "2026-04-01T00:00:00Z", LORD_HOWE), "2026-04-04T14:00:00Z", 6),
    case("daily in Kathmandu", interval(DAY, "2026-11-01T00:15:00Z", KATHMANDU), "2026-11-20T00:00:00Z", 3),
    case("daily in Sao Paulo, without clock changes since 2019", interval(DAY, "2026-10-01T12:00:00Z", SAO_PAULO), "2026-10-16T00:00:00Z", 3),
    case("daily in Sao Paulo over the last clock change", interval(DAY, "2018-10-30T12:00:00Z", SAO_PAULO), "2018-11-02T00:00:00Z", 4),
    case("an anchor with an offset", interval(DAY, "2026-10-20T09:00:00-04:00", NEW_YORK), AUTUMN_NY, 3),
    case("an anchor before 1970", interval(DAY, "1969-12-31T12:00:00Z", UTC), "2026-11-20T11:30:00Z", 2),
    case("leap day by days", interval(DAY, "2028-02-25T10:00:00Z", NEW_YORK), "2028-02-28T00:00:00Z", 3),
    case("36 hours in UTC", interval(129600, "2026-11-01T00:00:00Z", UTC), "2026-11-20T00:00:00Z", 4),
    # Interval, where Sluice differs on purpose
    case("differs: daily at nine, asked a season after the anchor", interval(DAY, "2026-01-05T14:00:00Z", NEW_YORK), "2026-07-01T00:00:00Z", 2),
    case("differs: daily at a wall clock that spring skips", interval(DAY, "2026-03-05T07:30:00Z", NEW_YORK), SPRING_NY, 4),
    # Cron
    case("every minute", cron("* * * * *"), "2026-11-20T11:30:30Z", 3),
    case("a start on a date counts", cron("30 11 * * *"), "2026-11-20T11:30:00Z", 2),
    case("a start a microsecond late does not", cron("30 11 * * *"), "2026-11-20T11:30:00.000001Z", 2),
    case("every quarter", cron("*/15 * * * *", KATHMANDU), "2026-11-20T11:31:00Z", 4),
    case("from ten in steps of twenty", cron("10/20 * * * *"), "2026-11-20T11:31:00Z", 4),
    case("ranges, lists and steps", cron("5,35 8-18/5 * * 1-5", PARIS), "2026-11-20T11:31:00Z", 9),
    case("names", cron("0 9 * jan,MAR,Dec mon-FRI", PARIS), "2026-11-27T00:00:00Z", 5),
    case("Sunday is 0", cron("0 0 * * 0"), "2026-11-20T11:31:00Z", 2),
    case("Sunday is 7", cron("0 0 * * 7"), "2026-11-20T11:31:00Z", 2),
    case("a range of days over the week's end", cron("0 0 * * fri-mon"), "2026-11-18T00:00:00Z", 6),
    case("a range of months over the year's end", cron("0 0 1 nov-feb *"), "2026-10-18T00:00:00Z", 6),
    case("a range of hours over midnight", cron("0 22-2 * * *"), "2026-11-18T00:30:00Z", 7),
    case("a range over the end with steps", cron("0 0 1 apr-jan/3 *"), "2026-01-18T00:00:00Z", 8),
    case("a range from a value to itself is everything", cron("5-5 12 * * *"), "2026-11-18T12:58:30Z", 3),
    case("@daily", cron("@daily", NEW_YORK), AUTUMN_NY, 4),
    case("@hourly", cron("@hourly"), "2026-11-20T11:31:00Z", 2),
    case("@weekly", cron("@weekly"), "2026-11-20T11:31:00Z", 2),
    case("@monthly", cron("@monthly", SAO_PAULO), "2026-11-20T11:31:00Z", 2),
    case("@yearly", cron("@yearly"), "2026-11-20T11:31:00Z", 2),
    case("@annually", cron("@Annually"), "2026-11-20T11:31:00Z", 2),
    case("@midnight", cron("@midnight", PARIS), "2026-11-20T11:31:00Z", 2),
    case("seconds last", cron("0 12 * * * */20"), "2026-11-20T11:31:00Z", 4),
    case("seconds with a list", cron("* * * * * 5,45", KATHMANDU), "2026-11-20T11:31:06Z", 3),
    case("years last", cron("0 12 1 1 * 0 2028-2030"), "2026-11-20T11:31:00Z", 3),
    case("years in steps", cron("0 0 1 7 * 30 */10"), "2026-11-20T11:31:00Z", 3),
    case("either day field may match", cron("0 12 13 * 5"), "2026-11-01T00:00:00Z", 6),
    case("both day fields have to match", cron("0 12 13 * 5", None, False), "2026-11-01T00:00:00Z", 4),
    case("second Friday by both fields", cron("0 8 8-14 * 5", NEW_YORK, False), "2026-11-01T00:00:00Z", 4),
    case("a question mark is a star", cron("0 12 ? * 5"), "2026-11-01T00:00:00Z", 3),
    case("days of the month in steps, either", cron("0 0 */10 * mon"), "2026-11-01T00:00:00Z", 8),
    case("days of the month in steps of one, either", cron("0 0 */1 * mon"), "2026-11-01T00:00:00Z", 3),
    case("differs: days of the month in steps, both", cron("0 0 */10 * mon", None, False), "2026-11-01T00:00:00Z", 4),
    case("last day of the month", cron("0 18 L * *", PARIS), "2028-01-30T00:00:00Z", 4),
    case("a day and the last day", cron("0 18 15,l * *"), "2027-01-30T00:00:00Z", 5),
    case("from a day to the last", cron("0 18 28-l * *"), "2027-01-30T00:00:00Z", 7),
    case("last Friday of the month", cron("0 18 * * L5", NEW_YORK), "2026-11-20T00:00:00Z", 4),
    case("second Tuesday of the month", cron("0 18 * * 2#2"), "2026-11-20T00:00:00Z", 3),
    case("two weekdays by number", cron("0 18 * * wed#1,fri#3"), "2026-11-20T00:00:00Z", 5),
    case("fifth Monday", cron("0 18 * * mon#5"), "2026-11-20T00:00:00Z", 3),
    case("differs: first Monday or the 15th", cron("0 18 15 * mon#1"), "2026-11-20T00:00:00Z", 4),
    case("leap day", cron("0 6 29 2 *", NEW_YORK), "2026-11-20T00:00:00Z", 2),
    case("the 31st", cron("0 6 31 * *"), "2026-11-20T00:00:00Z", 3),
    case("daily at half past two where New York skips it", cron("30 2 * * *", NEW_YORK), SPRING_NY, 4),
    case("daily at half past one where New York has it twice", cron("30 1 * * *", NEW_YORK), AUTUMN_NY, 3),
    case("hourly where New York skips an hour", cron("0 * * * *", NEW_YORK), "2026-03-08T05:00:00Z", 5),
    case("hourly where New York has an hour twice", cron("0 * * * *", NEW_YORK), "2026-11-01T04:00:00Z", 5),
    case("half-hourly where New York skips an hour", cron("*/30 * * * *", NEW_YORK), "2026-03-08T06:00:00Z", 6),
    case("half-hourly where Paris has an hour twice", cron("*/30 * * * *", PARIS), "2026-10-24T23:30:00Z", 7),
    case("half-hourly on Lord Howe, spring", cron("*/30 * * * *", LORD_HOWE), "2026-10-03T14:30:00Z", 5),
    case("half-hourly on Lord Howe, autumn", cron("*/30 * * * *", LORD_HOWE), "2026-04-04T14:00:00Z", 5),
    case("working days at nine in Paris over spring", cron("0 9 * * 1-5", PARIS), SPRING_PARIS, 4),
    case("cron until an end", cron("0 */6 * * *", KATHMANDU), "2026-11-20T00:00:00Z", None, "2026-11-21T00:15:00Z"),
    case("a start with an offset", cron("0 9 * * *", NEW_YORK), "2026-11-20T09:30:00-05:00", 2),
    case("differs: a start in the second of two equal hours", cron("*/30 * * * *", NEW_YORK), "2026-11-01T06:10:00Z", 3),
    case("differs: steps over midnight", cron("0 22-4/5 * * *"), "2026-11-18T05:00:00Z", 3),
    # Recurrence rules
    case("daily rule without a start", rrule("FREQ=DAILY"), "2026-11-20T11:30:00Z", 3),
    case("hourly rule without a start", rrule("FREQ=HOURLY;INTERVAL=5"), "2026-11-20T11:30:00Z", 3),
    case("a rule with its name", rrule("RRULE:FREQ=DAILY;BYHOUR=9,17;BYMINUTE=30"), "2026-11-20T11:30:00Z", 4),
    case("lower case", rrule("freq=weekly;byday=mo,we"), "2026-11-20T11:30:00Z", 3),
    case("daily at nine over spring", rrule("DTSTART:20260101T090000\nRRULE:FREQ=DAILY", NEW_YORK), SPRING_NY, 3),
    case("daily at nine over autumn", rrule("DTSTART:20260101T090000\nRRULE:FREQ=DAILY", PARIS), AUTUMN_PARIS, 3),
    case("a start in UTC is read in the schedule's zone", rrule("DTSTART:20260101T090000Z\nRRULE:FREQ=DAILY", NEW_YORK), "2026-07-01T00:00:00Z", 2),
    case("a start with a zone is read in the schedule's zone", rrule("DTSTART;TZID=Europe/Paris:20260101T090000\nRRULE:FREQ=DAILY", NEW_YORK), "2026-07-01T00:00:00Z", 2),
    case("a start that is a date", rrule("DTSTART:20260101\nRRULE:FREQ=DAILY", PARIS), "2026-07-01T00:00:00Z", 2),
    case("last weekday of the month", rrule("DTSTART:20260101T170000\nRRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", PARIS), "2026-10-01T00:00:00Z", 4),
    case("first and last by position", rrule("DTSTART:20260101T000000\nRRULE:FREQ=MONTHLY;BYDAY=MO,FR;BYSETPOS=1,-1"), "2026-10-01T00:00:00Z", 5),
    case("positions within a day", rrule("DTSTART:20260101T000000\nRRULE:FREQ=DAILY;BYHOUR=6,12,18;BYSETPOS=2"), "2026-10-01T00:00:00Z", 2),
    case("last Friday", rrule("DTSTART:20260101T100000\nRRULE:FREQ=MONTHLY;BYDAY=-1FR", KATHMANDU), "2026-10-01T00:00:00Z", 3),
    case("second Tuesday", rrule("DTSTART:20260101T100000\nRRULE:FREQ=MONTHLY;BYDAY=+2TU"), "2026-10-01T00:00:00Z", 3),
    case("last day of the month", rrule("DTSTART:20260131T100000\nRRULE:FREQ=MONTHLY;BYMONTHDAY=-1"), "2028-01-10T00:00:00Z", 3),
    case("the 31st only where there is one", rrule("DTSTART:20260131T100000\nRRULE:FREQ=MONTHLY"), "2026-02-10T00:00:00Z", 3),
    case("leap day", rrule("DTSTART:20240229T100000\nRRULE:FREQ=YEARLY", NEW_YORK), "2026-02-10T00:00:00Z", 2),
    case("COUNT that has some left", rrule("DTSTART:20261118T090000\nRRULE:FREQ=DAILY;COUNT=5"), "2026-11-20T11:30:00Z", 10),
    case("COUNT that is used up", rrule("DTSTART:20261101T090000\nRRULE:FREQ=DAILY;COUNT=5"), "2026-11-20T11:30:00Z", 10),
    case("COUNT of a fast rule", rrule("DTSTART:20261101T090000\nRRULE:FREQ=MINUTELY;COUNT=27520"), "2026-11-20T11:30:00Z", 30),
    case("UNTIL in local time", rrule("DTSTART:20261118T090000\nRRULE:FREQ=DAILY;UNTIL=20261122T090000", PARIS), "2026-11-20T11:30:00Z", 10),
    case("UNTIL in UTC is read in the schedule's zone", rrule("DTSTART:20261118T090000Z\nRRULE:FREQ=DAILY;UNTIL=20261122T090000Z", PARIS), "2026-11-20T11:30:00Z", 10),
    case("UNTIL that is past", rrule("DTSTART:20261101T090000\nRRULE:FREQ=DAILY;UNTIL=20261110T000000"), "2026-11-20T11:30:00Z", 10),
    case("EXDATE", rrule("DTSTART:20261118T090000\nRRULE:FREQ=DAILY\nEXDATE:20261121T090000,20261123T090000", NEW_YORK), "2026-11-20T11:30:00Z", 4),
    case("EXDATE in UTC is read in the schedule's zone", rrule("DTSTART:20261118T090000\nRRULE:FREQ=DAILY\nEXDATE:20261121T090000Z", NEW_YORK), "2026-11-20T11:30:00Z", 3),
    case("EXRULE", rrule("DTSTART:20261118T090000\nRRULE:FREQ=DAILY\nEXRULE:FREQ=WEEKLY;BYDAY=SA,SU", NEW_YORK), "2026-11-20T11:30:00Z", 4),
    case("RDATE", rrule("DTSTART:20261118T090000\nRRULE:FREQ=WEEKLY\nRDATE:20261121T120000,20261122T120000", PARIS), "2026-11-20T11:30:00Z", 4),
    case("only RDATE", rrule("RDATE:20261121T120000,20261119T120000,20261225T060000Z", PARIS), "2026-11-20T11:30:00Z", 4),
    case("two rules", rrule("DTSTART:20261118T090000\nRRULE:FREQ=DAILY;INTERVAL=2\nRRULE:FREQ=DAILY;INTERVAL=3"), "2026-11-20T11:30:00Z", 6),
    case("weeks that start on Sunday", rrule("DTSTART:19970805T090000\nRRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU"), "2026-11-20T11:30:00Z", 4),
    case("weeks that start on Monday", rrule("DTSTART:19970805T090000\nRRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=MO"), "2026-11-20T11:30:00Z", 4),
    case("week numbers", rrule("DTSTART:20260105T090000\nRRULE:FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO"), "2026-02-20T11:30:00Z", 3),
    case("days of the year", rrule("DTSTART:20260105T090000\nRRULE:FREQ=YEARLY;BYYEARDAY=1,100,-1"), "2026-02-20T11:30:00Z", 4),
    case("American elections", rrule("DTSTART:19961105T090000\nRRULE:FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8", NEW_YORK), "2026-02-20T11:30:00Z", 2),
    case("every quarter in working hours", rrule("DTSTART:20261101T000000\nRRULE:FREQ=MINUTELY;INTERVAL=15;BYHOUR=9,10,11,12,13,14,15,16;BYDAY=MO,TU,WE,TH,FR", PARIS), "2026-11-20T15:20:00Z", 4),
    case("every 90 minutes from a start long past", rrule("DTSTART:20200101T000000\nRRULE:FREQ=MINUTELY;INTERVAL=90"), "2026-11-20T15:20:00Z", 3),
    case("seconds", rrule("DTSTART:20261120T152000\nRRULE:FREQ=SECONDLY;INTERVAL=45"), "2026-11-20T15:20:10Z", 3),
    case("hourly where New York skips an hour", rrule("DTSTART:20260101T000000\nRRULE:FREQ=HOURLY", NEW_YORK), "2026-03-08T05:00:00Z", 5),
    case("hourly where New York has an hour twice", rrule("DTSTART:20260101T000000\nRRULE:FREQ=HOURLY", NEW_YORK), "2026-11-01T04:00:00Z", 5),
    case("differs: daily at half past two where New York skips it", rrule("DTSTART:20260101T023000\nRRULE:FREQ=DAILY", NEW_YORK), SPRING_NY, 3),
    case("daily at half past one where New York has it twice", rrule("DTSTART:20260101T013000\nRRULE:FREQ=DAILY", NEW_YORK), AUTUMN_NY, 3),
    case("half-hourly on Lord Howe, autumn", rrule("DTSTART:20260401T000000\nRRULE:FREQ=MINUTELY;INTERVAL=30", LORD_HOWE), "2026-04-04T14:00:00Z", 5),
    case("rule until an end", rrule("DTSTART:20261101T000000\nRRULE:FREQ=HOURLY;INTERVAL=6", KATHMANDU), "2026-11-20T00:00:00Z", None, "2026-11-21T00:15:00Z"),
    case("a start in the future", rrule("DTSTART:20270101T000000\nRRULE:FREQ=DAILY", SAO_PAULO), "2026-11-20T00:00:00Z", 2),
    case("a rule that starts on a date it does not match", rrule("DTSTART:20261118T090000\nRRULE:FREQ=WEEKLY;BYDAY=MO"), "2026-11-01T00:00:00Z", 2),
    case("months in which the day is far", rrule("DTSTART:20260130T090000\nRRULE:FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=30,31"), "2026-11-01T00:00:00Z", 4),
]

REFUSED = [
    cron("* * * *"), cron("61 * * * *"), cron("* 24 * * *"), cron("* * 0 * *"), cron("* * 32 * *"), cron("* * * 13 *"),
    cron("* * * 0 *"), cron("* * * * 8"), cron("* * * foo *"), cron("a b c d e"), cron(""), cron("@reboot"), cron("h * * * *"),
    cron("r h * * *"), cron("* * ?/2 * *"), cron("? * * * *"), cron("-5 * * * *"), cron("* * * * mon#6"), cron("*/0 * * * *"),
    cron("* * * * 1,2#3"), cron("* * * * * * * *"), cron("0 0 * * *", "Mars/Olympus"), cron("1,,2 * * * *"), cron("*/a * * * *"),
    cron("1-2-3 * * * *"), cron("* * * * 1 60"), cron("* * * * 1 0 1969"),
    interval(0, "2026-01-01T00:00:00Z"), interval(-5, "2026-01-01T00:00:00Z"), interval(60, "2026-01-01T00:00:00Z", "Nowhere/Else"),
    rrule("FREQ=NEVER"), rrule("daily"), rrule(""), rrule("FREQ=DAILY;BYDAY=XX"), rrule("FREQ=DAILY;FOO=1"), rrule("INTERVAL=2"),
    rrule("FREQ=DAILY", "Nowhere/Else"), rrule("FREQ=DAILY;UNTIL=tomorrow"), rrule("DTSTART:soon\nRRULE:FREQ=DAILY"),
    rrule("DTSTART:20260101T000000\nRRULE:FREQ=HOURLY;INTERVAL=2;BYHOUR=1"), rrule("FREQ=DAILY;INTERVAL=x"),
    rrule("RDATE:" + ",".join(["20261121T120000"] * 420)),
]

ANCHORED = [
    ("FREQ=DAILY", UTC), ("FREQ=MINUTELY;INTERVAL=7", NEW_YORK), ("FREQ=SECONDLY;INTERVAL=40", KATHMANDU),
    ("RRULE:FREQ=MINUTELY", PARIS), ("FREQ=MINUTELY;COUNT=3", UTC), ("FREQ=HOURLY", PARIS),
    ("RRULE:FREQ=MINUTELY\nEXDATE:20261121T120000", UTC), ("DTSTART:20260101T000000\nRRULE:FREQ=MINUTELY", UTC),
]
ANCHORED_AT = "2026-11-20T15:20:10Z"


def instant(text):
    return None if text is None else datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def canonical(moment):
    return moment.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def build(schedule):
    given = {key: value for key, value in schedule.items() if value is not None}
    kind = IntervalSchedule if "interval" in given else CronSchedule if "cron" in given else RRuleSchedule
    return kind(**given)


async def dates_of(golden):
    schedule = build(golden["schedule"])
    try:
        dates = await schedule.get_dates(golden["count"], instant(golden["from"]), instant(golden["until"]))
    except Exception as error:  # Prefect accepts a few schedules that it then cannot follow.
        print(golden["name"], repr(error))
        return None
    return [canonical(date) for date in dates]


def refuses(schedule):
    try:
        build(schedule)
    except Exception:
        return True
    return False


async def main():
    golden = {
        "prefect": prefect.__version__,
        "python": sys.version.split()[0],
        "cases": [{**golden, "dates": await dates_of(golden)} for golden in CASES],
        "refused": [{"schedule": schedule, "refused": refuses(schedule)} for schedule in REFUSED],
        "anchored_at": ANCHORED_AT,
        "anchored": [
            {"schedule": rrule(text, zone), "rrule": normalize_rrule_string(text, now=instant(ANCHORED_AT), timezone=zone)}
            for text, zone in ANCHORED
        ],
    }
    lines = json.dumps(golden, indent=2)
    pathlib.Path(__file__).with_name("golden-dates.json").write_text(lines + "\n")
    print(len(CASES), "cases;", "accepted:", [g["schedule"] for g in golden["refused"] if not g["refused"]])


asyncio.run(main())
