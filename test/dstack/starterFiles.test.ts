import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { starterFile } from '../../src/dstack/starterFiles.ts';
import { runProgram } from './program.ts';
import { venv } from './venv.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dstack-azure-starter-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/**
 * For each text: what dstack's own JSON Schema says against it (made from the pinned package, as each
 * release publishes it), and what `dstack apply` reads from it.
 */
const CHECK = `
import json, pathlib, sys, yaml
from jsonschema import Draft202012Validator
from dstack._internal.cli.services.configurators import load_apply_configuration
from dstack._internal.core.models.configurations import DstackConfiguration
schema = DstackConfiguration.model_json_schema()
Draft202012Validator.check_schema(schema)
answers = []
for text in json.loads(pathlib.Path("texts.json").read_text()):
    problems = [error.message for error in Draft202012Validator(schema).iter_errors(yaml.safe_load(text))]
    pathlib.Path("it.dstack.yml").write_text(text)
    try:
        read = load_apply_configuration("it.dstack.yml")[1].model_dump(mode="json")
    except Exception as error:
        read = str(error)
    answers.append([problems, read])
print(json.dumps(answers))
`;

async function check(texts: readonly string[]): Promise<[string[], unknown][]> {
  await writeFile(join(folder, 'texts.json'), JSON.stringify(texts));
  const env = { ...process.env, HOME: folder };
  const options = { env, cwd: folder };
  const { code, stdout, stderr } = await runProgram(venv.python, ['-c', CHECK], options);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as [string[], unknown][];
}

it("dstack's own schema and its CLI take the first files as they are", async () => {
  const texts = [starterFile('fleet', 'westeurope').text, starterFile('helloGpu', 'uksouth').text];
  const [fleet, task] = await check(texts);
  expect(fleet?.[0]).toEqual([]);
  expect(fleet?.[1]).toMatchObject({
    ...{ type: 'fleet', name: 'azure-fleet', nodes: { min: 0, max: 2 }, idle_duration: 600 },
    ...{ backends: ['azure'], regions: ['westeurope'] },
    resources: { gpu: { count: { min: 0, max: 1 } } },
  });
  expect(task?.[0]).toEqual([]);
  expect(task?.[1]).toMatchObject({
    ...{ type: 'task', name: 'hello-gpu', commands: ['nvidia-smi'], max_duration: 600 },
    ...{ backends: ['azure'], regions: ['uksouth'] },
    resources: { gpu: { count: { min: 1, max: 1 } } },
  });
});

it('the check sees what is wrong', async () => {
  const wrong = starterFile('fleet', 'westeurope').text.replace('[azure]', '[azur]');
  const [[problems, read] = []] = await check([wrong]);
  expect(problems).not.toEqual([]);
  expect(read).toMatch(/backends/);
});
