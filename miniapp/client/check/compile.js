/* node check/compile.js: every template and style through WeChat's own compilers, wcc and wcsc.

They take a mini-program as the developer tool lays it out, so one is laid out in a temporary folder, with
"build npm" done. Exits with 1 and the compiler's words when something does not compile. */

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { spawnSync } = require('node:child_process');

const ROOT = path.join(__dirname, '..');
const BINARIES = path.join(
  path.dirname(require.resolve('miniprogram-compiler/package.json')),
  'bin',
  { darwin: 'mac', linux: 'linux', win32: 'windows' }[process.platform] || process.platform,
);
const LEFT_OUT = new Set(['node_modules', 'miniprogram_npm', 'check', 'typings']);

/** Our own files of a kind, as addresses. */
function filesOf(kind, folder = '') {
  return fs.readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const address = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) return LEFT_OUT.has(entry.name) ? [] : filesOf(kind, address);
    return entry.name.endsWith(kind) ? [address] : [];
  });
}

function run(name, args) {
  const program = path.join(BINARIES, process.platform === 'win32' ? `${name}.exe` : name);
  fs.chmodSync(program, 0o755); // the package brings them without the right to run
  const done = spawnSync(program, args, { cwd: work, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (done.error) throw done.error;
  if (done.status !== 0 || !done.stdout) {
    console.error(`${name}: ${done.stderr || done.stdout}`);
    process.exitCode = 1;
  }
  return done.stdout;
}

/** For wcc: how many templates name components, and which. */
function componentArguments(templates) {
  const named = templates
    .map((file) => [file, file.replace(/\.wxml$/, '.json')])
    .filter(([, json]) => fs.existsSync(path.join(ROOT, json)))
    .map(([file, json]) => [file, Object.keys(JSON.parse(fs.readFileSync(path.join(ROOT, json), 'utf8')).usingComponents || {})])
    .filter(([, names]) => names.length);
  return [named.length, ...named.flatMap(([file, names]) => [file, names.length, ...names])].join(' ');
}

const work = fs.mkdtempSync(path.join(os.tmpdir(), 'yanshu-compile-'));
try {
  const templates = filesOf('.wxml');
  const styles = filesOf('.wxss');
  for (const file of [...templates, ...styles, ...filesOf('.json')]) {
    fs.mkdirSync(path.join(work, path.dirname(file)), { recursive: true });
    fs.copyFileSync(path.join(ROOT, file), path.join(work, file));
  }
  run('wcc', ['-d', '-cc', componentArguments(templates), ...templates, '-gn', '$gwx']);
  const components = styles.filter((file) => /(^|\/)components\//.test(file));
  run('wcsc', ['-db', '-pc', String(components.length), ...components, ...styles.filter((file) => !components.includes(file))]);
  if (!process.exitCode) console.log(`wcc: ${templates.length} templates, wcsc: ${styles.length} styles`);
} finally {
  fs.rmSync(work, { recursive: true });
}
