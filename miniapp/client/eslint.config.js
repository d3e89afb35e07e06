const js = require('@eslint/js');
const wxml = require('eslint-plugin-wxml');
const wxmlParser = require('@wxml/parser');

const readonly = (names) => Object.fromEntries(names.map((name) => [name, 'readonly']));

// eslint-plugin-wxml 0.8 says it is for eslint up to 9; these of its rules work with 10 (package.json overrides its
// wish). Left out: event-binding-style, which gives eslint 10 nothing to run, and those about taste. That handlers,
// tags, pictures and wx calls are there is looked for by simulator/miniprogram/harness/lint.mjs.
const templates = [
  'no-const-and-let-in-wxs', 'no-duplicate-attributes', 'no-dynamic-wx-key', 'no-inconsistent-tagname', 'no-vue-directive',
  'no-wx-for-with-wx-else', 'no-wx-for-with-wx-if', 'no-wx-if-string', 'report-interpolation-error', 'report-wxml-syntax-error',
  'report-wxs-syntax-error', 'wx-key', 'wxs-module-prop', 'wxs-must-be-top-level',
];

module.exports = [
  { ignores: ['node_modules/', 'miniprogram_npm/', '**/*.d.ts'] },
  {
    files: ['**/*.wxml'],
    plugins: { wxml },
    languageOptions: { parser: wxmlParser },
    rules: Object.fromEntries(templates.map((name) => [`wxml/${name}`, 'error'])),
  },
  { files: ['**/*.js'], ...js.configs.recommended },
  {
    files: ['**/*.js'],
    languageOptions: {
      ecmaVersion: 2020,
      sourceType: 'commonjs',
      globals: readonly(['wx', 'App', 'Page', 'Component', 'Behavior', 'getApp', 'getCurrentPages', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'console']),
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
