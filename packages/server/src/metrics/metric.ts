/** Figures in the text format of Prometheus. */

/** Label → value. */
export type Labels = Readonly<Record<string, string | number>>;

/** A family of figures: its help, its type and its lines. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge" | "histogram";
  /** Suffix of the name, labels and value of every line. */
  samples(): Iterable<Sample> | Promise<Iterable<Sample>>;
}

export interface Sample {
  readonly suffix?: string;
  readonly labels?: Labels;
  readonly value: number;
}

/** All figures, as `text/plain; version=0.0.4`. */
export async function exposition(metrics: readonly Metric[]): Promise<string> {
  const families = await Promise.all(metrics.map(familyText));
  return families.filter((text) => text !== "").join("");
}

async function familyText(metric: Metric): Promise<string> {
  const { name, help, type } = metric;
  const lines = Array.from(
    await metric.samples(),
    ({ suffix = "", labels = {}, value }) => `${name}${suffix}${labelsText(labels)} ${numberText(value)}\n`,
  );
  return lines.length === 0 ? "" : `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}

function labelsText(labels: Labels): string {
  const entries = Object.entries(labels);
  return entries.length === 0
    ? ""
    : `{${entries.map(([label, value]) => `${label}="${escaped(String(value))}"`).join(",")}}`;
}

function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
}
