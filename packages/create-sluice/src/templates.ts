/** What can be started. */

export const TEMPLATES = ["flow", "plugin"] as const;
export type Template = (typeof TEMPLATES)[number];

/** What a plugin implements, with words for people. */
export const KINDS = {
  "file-system": "keeps files: a bucket, a share, a repository",
  notifier: "tells people something: a chat, mail, a pager",
  "task-runner": "runs tasks: a cluster, a queue",
  tasks: "has tasks for flows: calls of a service",
} as const;
export type Kind = keyof typeof KINDS;
export const KIND_NAMES: readonly Kind[] = Object.keys(KINDS) as Kind[];

export function isTemplate(text: string): text is Template {
  return (TEMPLATES as readonly string[]).includes(text);
}

export function isKind(text: string): text is Kind {
  return (KIND_NAMES as readonly string[]).includes(text);
}
