import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bundleAndSynth } from '../../infra/bundle-and-synth.ts';
import { paths } from '../../infra/paths.ts';
import { Synthesizer } from '../../infra/synthesizer.ts';
import { temporaryDirectory } from './synthesized.ts';

test('the CDK command line and npm start write the same bytes', { timeout: 240_000 }, async () => {
  const { assembly: direct } = await bundleAndSynth();
  const byCommandLine = temporaryDirectory();
  const started = performance.now();
  execFileSync(join(paths.root, 'node_modules/.bin/cdk'), ['synth', '--quiet', '--output', byCommandLine], {
    cwd: paths.root,
    stdio: 'pipe',
  });
  console.log(`cdk synth: ${((performance.now() - started) / 1000).toFixed(1)} s`);
  const files = globSync('**/*.*', { cwd: direct }).toSorted();
  expect(files.filter((file) => file.endsWith('.template.json')).length).toBe(3);
  expect(globSync('**/*.*', { cwd: byCommandLine }).toSorted()).toEqual(files);
  for (const file of files.filter((each) => /\.(json|js)$/.test(each))) {
    expect(readFileSync(join(byCommandLine, file)).equals(readFileSync(join(direct, file))), file).toBe(true);
  }
});

test('an assembly is made again only if something changed', { timeout: 240_000 }, async () => {
  const assembly = temporaryDirectory();
  // As who makes several would: each in a process of its own takes five seconds more.
  using synthesizer = new Synthesizer();
  expect((await bundleAndSynth({ assembly, synthesizer })).reused).toBe(false);
  const started = performance.now();
  expect((await bundleAndSynth({ assembly, synthesizer })).reused).toBe(true);
  const milliseconds = performance.now() - started;
  console.log(`nothing changed: ${milliseconds.toFixed(0)} ms`);
  // A tenth of a second on a machine of its own; a synthesis takes several.
  expect(milliseconds).toBeLessThan(2_000);

  let [looks, missing] = [0, 0];
  const watch = setInterval(() => {
    looks += 1;
    if (!existsSync(join(assembly, 'manifest.json'))) missing += 1;
  }, 1);
  expect((await bundleAndSynth({ assembly, synthesizer, context: { backorder: 'deny' } })).reused).toBe(false);
  clearInterval(watch);
  // Who runs the old one meanwhile finds all of it.
  expect(looks).toBeGreaterThan(10);
  expect(missing).toBe(0);
  expect(globSync(`${assembly}.*`)).toEqual([]);
  const template = join(assembly, 'Batuta-dev-Data.template.json');
  writeFileSync(template, readFileSync(template, 'utf8').replace('Batuta', 'Tampered'));
  expect((await bundleAndSynth({ assembly, synthesizer, context: { backorder: 'deny' } })).reused).toBe(false);
});

test('a synthesis that fails says why', { timeout: 240_000 }, async () => {
  const context = { workflows: 'fast' };
  await expect(bundleAndSynth({ assembly: temporaryDirectory(), context })).rejects.toThrow(
    /synthesis failed[\s\S]*workflows/,
  );
});
