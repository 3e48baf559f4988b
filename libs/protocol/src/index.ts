export type * from './messages/parts';
export type * from './messages/up';
export type * from './messages/down';
