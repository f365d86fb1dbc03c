// What is doubtful in a summary: the French, which the article has to support, and the English, which has to keep to the French.

const OF_TRANSLATIONS = ["translation", "translation_language"];

/**
 * What is doubtful in one sentence: `french`, the facts that the article does not support, and `english`, those in which the
 * translation differs. Each is null where nothing is doubtful, and empty where something is that no fact stands for.
 */
export function doubtsOf({ sentences, warnings }, number) {
  const { unsupported, french_supported } = sentences[number];
  const told = warnings.filter(({ code, sentence }) => sentence === number && OF_TRANSLATIONS.includes(code));
  const ofFrench = unsupported.length - told.flatMap(({ facts }) => facts).length; // which the service puts first
  return {
    french: french_supported ? null : unsupported.slice(0, ofFrench),
    english: told.length ? unsupported.slice(ofFrench) : null,
  };
}

/** How many `places` there are to look at, sentences and the headline, each counted once, and how many `remarks` on the whole. */
export function counts({ sentences, warnings }) {
  const places = new Set(warnings.filter(isOfPlace).map(({ headline, sentence }) => (headline ? "headline" : sentence)));
  sentences.forEach(({ supported }, number) => supported || places.add(number));
  return { places: places.size, remarks: warnings.filter((warning) => !isOfPlace(warning)).length };
}

function isOfPlace({ headline, sentence }) {
  return headline || sentence !== null;
}
