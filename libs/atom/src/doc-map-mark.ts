/** On every doc map, so that what only asks for one does not bring the class along. */
export const DOC_MAP: unique symbol = Symbol('DocMap');
