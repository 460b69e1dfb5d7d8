// Names by plain letters, as registers/rules/pupils/names.py finds them.

const OTHER_LETTERS = { ł: "l", ø: "o", đ: "d", ð: "d", þ: "th", æ: "ae", œ: "oe", ı: "i", ß: "ss" };

/** As registers/rules/pupils/names.py has it: small letters without accents, so that zielinski finds Zieliński. */
export const plain = (text) =>
  text.toLowerCase().replace(/[łøđðþæœıß]/g, (sign) => OTHER_LETTERS[sign]).normalize("NFKD").replace(/\p{M}/gu, "");

/** The beginnings by which a name is found: each word, with and without its apostrophes and hyphens. */
export const beginnings = (name) => {
  const words = plain(name).split(/\s+/);
  return words.flatMap((word) => [...word.split(/['’‘ʼ`-]/), word.replace(/['’‘ʼ`-]/g, ""), word]);
};
