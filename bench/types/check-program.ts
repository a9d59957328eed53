/** Type-checks the files of one project and prints what that took; a process of its own, because the compiler warms up. */
import ts from 'typescript';

const [project = ''] = process.argv.slice(2);
const started = performance.now();
const before = process.cpuUsage();
const { config, error } = ts.readConfigFile(project, (path) => ts.sys.readFile(path));
if (error) throw new Error(ts.flattenDiagnosticMessageText(error.messageText, '\n'));
const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, project.replace(/\/[^/]+$/, ''));
const program = ts.createProgram(fileNames, options);
const loaded = performance.now();
const own = fileNames.flatMap((name) => program.getSourceFile(name) ?? []);
const problems = [
  ...program.getGlobalDiagnostics(),
  ...own.flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]),
];
const { user, system } = process.cpuUsage(before);
const ended = performance.now();
if (problems.length > 0) {
  const [first] = problems;
  throw new Error(`${problems.length} errors, the first: ${ts.flattenDiagnosticMessageText(first?.messageText, '\n')}`);
}
console.log(
  JSON.stringify({
    files: program.getSourceFiles().length,
    load: (loaded - started) / 1000,
    check: (ended - loaded) / 1000,
    cpu: (user + system) / 1e6,
    memory: process.memoryUsage.rss(),
  }),
);
