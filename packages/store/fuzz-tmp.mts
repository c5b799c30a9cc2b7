import { completeSchedule } from "/work/main/packages/orchestration/src/schedules/complete-schedule.ts";
import { planDates, DEFAULT_BOUNDS } from "/work/main/packages/orchestration/src/schedules/plan-dates.ts";
const NOW = "2026-11-20T11:30:00.000000Z";
let seed = Number(process.argv[2] ?? 1); const rnd = () => ((seed = (seed * 1103515245 + 12345) & 0x7fffffff) / 0x7fffffff); const pick = <T,>(a: T[]): T => a[Math.floor(rnd() * a.length)] as T; const int = (n: number) => Math.floor(rnd() * n);
const zones = ["UTC", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", null];
const part = () => pick(["BYHOUR=" + int(26), "BYDAY=" + pick(["MO", "-1FR", "+2TU", "MO,TU", "6SA", "0MO"]), "BYMONTH=" + int(14), "BYMONTHDAY=" + (int(66) - 33), "BYSETPOS=" + (int(8) - 4), "BYMINUTE=" + int(62), "BYSECOND=" + int(61), "BYYEARDAY=" + (int(740) - 370), "BYWEEKNO=" + (int(110) - 55), "WKST=SU", "COUNT=" + pick([0, 1, 5, 100000, 1e15]), "UNTIL=" + pick(["20261201", "19700101T000000Z", "99991231T235959"]), "INTERVAL=" + pick([0, 1, 2, 7, 59, 100000, -1])]);
const rr = () => "FREQ=" + pick(["SECONDLY", "MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"]) + Array.from({ length: int(4) }, () => ";" + part()).join("");
const field = (m: number) => pick(["*", "*/" + int(m + 3), String(int(m + 2)), `${int(m)}-${int(m)}`, `${int(m)}-${int(m)}/${int(5)}`, `${int(m)},${int(m)}`, "L", "?", "x"]);
const make = () => pick([
  () => ({ rrule: pick(["", "DTSTART:" + pick(["20200101T000000", "19000101", "99990101T000000", "20261120T113000Z", "00010101T000000"]) + "\nRRULE:"]) + rr() + pick(["", "", "\nEXRULE:" + rr(), "\nEXDATE:20261121T000000"]), timezone: pick(zones) }),
  () => ({ cron: [field(60), field(24), field(31), field(12), field(7), ...pick([[], [], [field(60)], [field(60), String(1970 + int(140))]])].join(" "), timezone: pick(zones), day_or: rnd() < 0.7 }),
  () => ({ interval: pick([1e-9, 0.000001, 0.1, 59, 3600, 86400, 86400.5, 1e6, 3e9]), anchor_date: pick(["0001-01-01T00:00:00Z", "1969-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z", NOW, "2026-03-08T07:30:00Z"]), timezone: pick(zones) }),
])();
const t0 = performance.now(); let n = 0, refused = 0, worst = 0, worstS: unknown;
while (performance.now() - t0 < 40000) {
  const s: any = make(); const t = performance.now();
  const timer = setTimeout(() => {}, 0); clearTimeout(timer);
  process.stdout.write(""); (globalThis as any).cur = s;
  try { const c = await completeSchedule(s, NOW); await planDates(c, NOW, DEFAULT_BOUNDS); } catch (e: any) { if (e.code !== "INVALID_REQUEST") { console.log("UNEXPECTED", JSON.stringify(s), e); process.exit(1); } refused++; }
  const ms = performance.now() - t; if (ms > worst) { worst = ms; worstS = s; } if (ms > 1000) console.log("SLOW", Math.round(ms), JSON.stringify(s));
  n++; if (n % 1 === 0) (await import("node:fs")).writeFileSync("/tmp/sched-try/cur" + process.argv[2] + ".json", JSON.stringify(s));
}
console.log({ n, refused, worst, worstS });
