/** The CBOR tags of body values; all are registered with IANA. */
export const TAG_EPOCH = 1;
export const TAG_BIG = 2;
export const TAG_NEGATIVE_BIG = 3;
export const TAG_UUID = 37;
/** "Identifier": a name that is not a text. */
export const TAG_KEYWORD = 39;
export const TAG_SET = 258;
/** "Map with keys of any type": sets a Map apart from an object, which is a bare CBOR map. */
export const TAG_MAP = 259;
