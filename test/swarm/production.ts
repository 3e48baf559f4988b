/* Imported first by what measures: the packages look at it when they are loaded. */
process.env['NODE_ENV'] ??= 'production';
