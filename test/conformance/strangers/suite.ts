import { spawn } from 'node:child_process';

export interface TestResult {
  name: string;
  outcome: 'passed' | 'failed' | 'skipped';
  /** Of a failure: what it printed. Of a skip: why. */
  detail: string;
}

/** Tests that ask for what this machine refuses. */
export interface NotHonored {
  tests: RegExp;
  reason: string;
}

/** A test suite of somebody else that can be had from a package registry. */
export interface Suite {
  /** The package and its version. */
  name: string;
  notHonored: NotHonored[];
  /** Fetches what is needed. Throws Unavailable when this machine can not. */
  prepare(): Promise<void>;
  /** Runs it against the AWS endpoint at `url`. */
  run(url: string): Promise<TestResult[]>;
}

/** A tool is not installed, or a registry is out of reach. */
export class Unavailable extends Error {}

export interface Report {
  passed: number;
  failed: TestResult[];
  skipped: { name: string; reason: string }[];
  /** Reasons for which no test fails any more. */
  unneeded: NotHonored[];
}

/** What fails and is known not to be honored is skipped; what is said not to be honored and does not fail is told. */
export function reportOf(suite: Suite, results: TestResult[]): Report {
  const report: Report = { passed: 0, failed: [], skipped: [], unneeded: [] };
  const needed = new Set<NotHonored>();
  for (const result of results) {
    const known = suite.notHonored.find(({ tests }) => tests.test(result.name));
    if (result.outcome === 'passed') report.passed += 1;
    else if (result.outcome === 'skipped') report.skipped.push({ name: result.name, reason: result.detail });
    else if (known) {
      needed.add(known);
      report.skipped.push({ name: result.name, reason: known.reason });
    } else report.failed.push(result);
  }
  report.unneeded = suite.notHonored.filter((each) => !needed.has(each));
  return report;
}

export function describeReport({ name }: Suite, { passed, failed, skipped, unneeded }: Report): string {
  const reasons = new Map<string, number>();
  for (const { reason } of skipped) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  return [
    `${name}: ${passed} passed, ${failed.length} failed, ${skipped.length} skipped`,
    ...[...reasons].map(([reason, count]) => `  ${count} skipped: ${reason}`),
    ...failed.map((test) => `  FAILED ${test.name}\n${test.detail.replace(/^/gm, '    ')}`),
    ...unneeded.map(({ tests, reason }) => `  NOT NEEDED any more: ${tests} (${reason})`),
  ].join('\n');
}

export interface Finished {
  code: number | null;
  output: string;
}

/** Runs a command to its end. Throws Unavailable if there is no such command. */
export function execute(
  command: string,
  args: string[],
  options: { cwd: string; environment?: Record<string, string> },
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    child.on('error', () => reject(new Unavailable(`there is no ${command} on this machine`)));
    child.on('close', (code) => resolve({ code, output }));
  });
}

/** As `execute`, for what fetches packages. Throws Unavailable when it fails. */
export async function fetchWith(command: string, args: string[], cwd: string): Promise<void> {
  const { code, output } = await execute(command, args, { cwd });
  if (code !== 0) throw new Unavailable(`${command} ${args[0]} failed: ${output.trim().split('\n').at(-1)}`);
}

/** Any credentials do: they make the caller the operator. */
export const OPERATOR = { AWS_ACCESS_KEY_ID: 'operator', AWS_SECRET_ACCESS_KEY: 'operator', AWS_REGION: 'us-east-1' };
