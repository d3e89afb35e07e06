const js = require('@eslint/js');

const readonly = (names) => Object.fromEntries(names.map((name) => [name, 'readonly']));

module.exports = [
  { ignores: ['node_modules/', 'miniprogram_npm/', '**/*.d.ts'] },
  js.configs.recommended,
  {
    languageOptions: {
      ecmaVersion: 2020,
      sourceType: 'commonjs',
      globals: readonly(['wx', 'App', 'Page', 'Component', 'Behavior', 'getApp', 'getCurrentPages', 'setTimeout', 'clearTimeout', 'console']),
    },
    rules: {
      eqeqeq: 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'no-unused-vars': ['error', { args: 'after-used' }],
      'no-shadow': 'error',
      'no-console': 'error',
    },
  },
  {
    files: ['check/**', 'eslint.config.js'],
    languageOptions: { globals: readonly(['process', '__dirname']) },
    rules: { 'no-console': 'off' },
  },
];
