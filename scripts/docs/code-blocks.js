/** The blocks of TypeScript and JavaScript in a document, those with a name in brackets behind the language being files of that name. */
export function codeBlocks(text) {
  return [...text.matchAll(/^```(ts|js)(?: \[(\S+)\])?\n([\s\S]*?)^```$/gm)].map(([, language, name, code]) => ({
    language,
    name,
    code,
  }))
}
