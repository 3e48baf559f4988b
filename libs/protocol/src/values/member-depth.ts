/**
 * How many Sets and Maps may stand in each other as members and keys. To tell members apart each is compared
 * by its canonical form, once for every Set it is in: without a bound, hostile bytes cost their length squared.
 */
export const MEMBER_DEPTH = 4;
