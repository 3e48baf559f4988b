export const ACCOUNTS = ['account:0', 'account:1', 'account:2', 'account:3'];
export const OPENING = 100;
