/** A page on which people read the document of the API: one file, nothing from elsewhere. */

const SCRIPT = `
const root = document.querySelector("main");
const element = (name, text, parent) => {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  parent.append(made);
  return made;
};
const show = (api) => {
  const schema = (value) => {
    const name = value?.$ref?.split("/").at(-1);
    return name ? { [name]: api.components.schemas[name] } : value;
  };
  const part = (title, value, parent) => {
    if (value === undefined) return;
    element("h4", title, parent);
    element("pre", JSON.stringify(value, null, 2), parent);
  };
  const groups = new Map();
  for (const [path, operations] of Object.entries(api.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const tag = operation.tags[0];
      groups.set(tag, [...(groups.get(tag) ?? []), { path, method, operation }]);
    }
  }
  for (const [tag, entries] of [...groups].sort()) {
    const section = element("section", undefined, root);
    element("h2", tag, section);
    for (const { path, method, operation } of entries) {
      const details = element("details", undefined, section);
      const summary = element("summary", undefined, details);
      element("b", method.toUpperCase(), summary);
      element("code", path, summary);
      element("span", operation.summary, summary);
      details.addEventListener("toggle", () => {
        if (details.childElementCount > 1) return;
        part("Body", schema(operation.requestBody?.content["application/json"].schema), details);
        for (const [status, answer] of Object.entries(operation.responses)) {
          if (/^2/.test(status)) part("Answer " + status, schema(answer.content?.["application/json"].schema), details);
        }
      });
    }
  }
};
const find = document.querySelector("input");
find.addEventListener("input", () => {
  for (const entry of document.querySelectorAll("details")) {
    entry.hidden = !entry.firstChild.textContent.toLowerCase().includes(find.value.toLowerCase());
  }
});
fetch("api/openapi.json")
  .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error("The server answers " + answer.status + "."))))
  .then(show, (error) => element("p", String(error.message), root));
`;

const STYLE = `
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color-scheme: light dark; }
summary { cursor: pointer; padding: .3rem 0; display: flex; gap: .8rem; }
summary b { width: 4rem; } summary code { flex: 1; } summary span { flex: 1; opacity: .8; }
pre { overflow: auto; max-height: 24rem; padding: .8rem; border: 1px solid #8884; border-radius: 4px; }
input { width: 100%; padding: .5rem; font: inherit; box-sizing: border-box; }
`;

/** Needs \`openapi.json\` at \`api/\` beside it. */
export const READER_PAGE: string = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Sluice API</title><style>${STYLE}</style></head>
<body><h1>Sluice API</h1>
<p>Also as <a href="api/openapi.json">OpenAPI 3.1</a>.</p>
<input type="search" placeholder="Find an operation" aria-label="Find an operation">
<main></main><script>${SCRIPT}</script></body></html>
`;
