/* The same key as ioc.places.names.folded gives, for what a person types. */
const ROMAN = { I: 1, II: 2, III: 3, IV: 4, V: 5, VI: 6, VII: 7, VIII: 8, IX: 9, X: 10 };
export const folded = typed => (typed.normalize('NFC').replace(/(?<=[^\p{L}\p{N}_])(?:[IVX]{1,4}|ii|iii)(?=[^\p{L}\p{N}_]|$)/gu, word => ROMAN[word.toUpperCase()] ?? word)
  .toLowerCase().replaceAll('đ', 'd').normalize('NFD').replace(/\p{M}/gu, '').match(/[\p{L}\p{N}_]+/gu) ?? [])
  .map(word => (/^\d+$/.test(word) ? word.replace(/^0+(?=\d)/, '') : word)).join(' ');
