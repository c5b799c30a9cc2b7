/** The scripts by which shells complete. */
import type { CommandWords } from "./command-words.ts";
import type { Shell } from "./shells.ts";

/** The script for a shell; words of the command line that are no commands, such as names, are passed over. */
export function completionScript(shell: Shell, words: readonly CommandWords[]): string {
  switch (shell) {
    case "bash":
      return bashScript(words);
    case "zsh":
      // zsh runs what bash's completion is written in.
      return `autoload -U +X compinit && compinit -i\nautoload -U +X bashcompinit && bashcompinit\n${bashScript(words)}`;
    case "fish":
      return fishScript(words);
  }
}

function bashScript(words: readonly CommandWords[]): string {
  const cases = words.map(
    ({ path, commands, options }) =>
      `    "${path}") commands="${commands.join(" ")}"; options="${options.join(" ")}" ;;`,
  );
  return `_sluice_words() {
  case "$1" in
${cases.join("\n")}
    *) return 1 ;;
  esac
}
_sluice() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path="" word commands="" options="" i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    if [[ "$word" != -* ]] && _sluice_words "\${path:+$path }$word"; then path="\${path:+$path }$word"; fi
  done
  _sluice_words "$path"
  if [[ "$current" == -* ]]; then COMPREPLY=($(compgen -W "$options" -- "$current"))
  else COMPREPLY=($(compgen -W "$commands" -- "$current")); fi
  if [[ \${#COMPREPLY[@]} -eq 0 && "$current" != -* ]]; then COMPREPLY=($(compgen -f -- "$current")); fi
}
complete -F _sluice sluice
`;
}

function fishScript(words: readonly CommandWords[]): string {
  const paths = words
    .filter(({ path }) => path !== "")
    .map(({ path }) => `    case '${path}'\n      return 0`);
  const lines = words.flatMap(({ path, commands, options }) => {
    const condition = `-n 'test "$(__sluice_path)" = "${path}"'`;
    return [
      ...(commands.length === 0 ? [] : [`complete -c sluice -f ${condition} -a '${commands.join(" ")}'`]),
      ...options.map((option) => `complete -c sluice ${condition} -l ${option.slice(2)}`),
    ];
  });
  return `function __sluice_known
  switch "$argv[1]"
${paths.join("\n")}
  end
  return 1
end
function __sluice_path
  set -l path
  for word in (commandline -opc)[2..]
    set -l longer (string join ' ' -- $path $word)
    if __sluice_known "$longer"
      set path $path $word
    end
  end
  string join ' ' -- $path
end
${lines.join("\n")}
`;
}
