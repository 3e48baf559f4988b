/* Imported first: the packages look at it when they are loaded, and check more than a tool has use for otherwise. */
process.env['NODE_ENV'] ??= 'production';
