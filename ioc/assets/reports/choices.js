/* What is chosen from, and the names of codes, as the page brought them along. */
const told = document.getElementById('choices').dataset;
export const choices = JSON.parse(told.choices);
export const nameOf = (kind, code) => choices.names[kind]?.[code] ?? code;
export const replies = fact => choices.replies.filter(one => one.fact === fact).map(one => ({ code: one.code, name: one.text, words: one.text }));
