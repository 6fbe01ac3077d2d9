import fc from 'fast-check';
import { parse } from 'shell-quote';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { handOff, type HandOffBundle } from '../../../src/setup/handOff.ts';
import { planProject, type ProjectPlan } from '../../../src/setup/planProject.ts';
import { planView } from '../../../src/setup/planView.ts';
import { preflight } from '../../../src/setup/preflight.ts';
import type { Caller } from '../../../src/setup/ports.ts';
import type { ProjectSpec } from '../../../src/setup/projectSpec.ts';
import { runProject } from '../../../src/setup/runProject.ts';
import { shellCommand, shellWord } from '../../../src/setup/shellCommand.ts';
import { fakePorts } from './fakeAzure.ts';
import { preflightPorts } from './fakePreflight.ts';
import { dev, sampleSpec } from './sampleSpec.ts';

const never = new AbortController().signal;
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const APP = '44444444-4444-4444-4444-444444444444';
const withApp: Partial<ProjectSpec> = {
  credentials: { kind: 'existingApp', principalId: APP },
};

/** What Azure's API takes as a custom role; the portal takes the same. */
const customRole = z.strictObject({
  properties: z.strictObject({
    roleName: z.string().min(1).max(512),
    description: z.string(),
    assignableScopes: z.array(z.string().startsWith('/subscriptions/')).min(1),
    permissions: z
      .array(
        z.strictObject({
          actions: z.array(z.string().regex(/^Microsoft\.[\w./]+$/)).min(1),
          notActions: z.array(z.string()),
          dataActions: z.array(z.string()),
          notDataActions: z.array(z.string()),
        }),
      )
      .length(1),
  }),
});

/** A command as Bash splits it; anything but words (a pipe, a variable) fails the test. */
function words(command: string): string[] {
  return parse(command, (name) => {
    throw new Error(`Bash would expand $${name}`);
  }).map((word) => {
    if (typeof word !== 'string') throw new Error(`not a word: ${JSON.stringify(word)}`);
    return word;
  });
}

function options(command: string): Record<string, string> {
  const all = words(command);
  return Object.fromEntries(
    all.flatMap((word, index) => (word.startsWith('--') ? [[word, all[index + 1] ?? '']] : [])),
  );
}

/** The bundle for somebody with a role, before or after the rest of the set-up has run. */
async function bundleFor(
  role: string,
  change: Partial<ProjectSpec> = {},
  after: 'before' | 'after' = 'before',
  caller: Caller = dev,
): Promise<{ readonly bundle: HandOffBundle; readonly plan: ProjectPlan }> {
  const azure = fakePorts();
  const plan = await planProject(sampleSpec(change), caller, azure, never);
  const ports = preflightPorts();
  ports.azure.roles = () => [role];
  const found = await preflight(plan, ports, never);
  if (after === 'before') return { bundle: handOff(plan, found), plan };
  const { handedOff } = found;
  const run = await runProject(plan, azure, { report: () => undefined, signal: never, handedOff });
  const outputs = new Map([...run.outcomes].map(([key, each]) => [key, each.outputs]));
  return { bundle: handOff(plan, found, outputs), plan };
}

describe('the hand-off for a server whose identity nobody here knows', () => {
  const remote: Partial<ProjectSpec> = {
    credentials: { kind: 'default' },
    server: { kind: 'remote', url: 'https://dstack.example' },
  };

  it('has its two custom roles and three assignments, with a place for the identity', async () => {
    const { bundle } = await bundleFor('Owner', remote);
    const assignments = bundle.commands
      .map(({ command }) => options(command))
      .filter((each) => '--scope' in each);
    expect(bundle.commands).toHaveLength(5);
    expect(assignments).toHaveLength(3);
    for (const given of assignments) {
      expect(given['--assignee-object-id']).toMatch(/^<object id of /);
      expect(given['--assignee-principal-type']).toBe('ServicePrincipal');
      expect(given['--name']).toBeUndefined();
    }
    expect(bundle.roles).toHaveLength(2);
    for (const { json } of bundle.roles) expect(customRole.safeParse(json).error).toBeUndefined();
  });

  it('is told of, and is empty once the identity is entered or for a local server', async () => {
    const planned = await planProject(sampleSpec(remote), dev, fakePorts(), never);
    const found = await preflight(planned, preflightPorts(), never);
    expect(found.notes.join()).toContain('enter its principal id, or give the hand-off');
    expect(planView(planned, [], found).handOff?.steps).toHaveLength(5);
    const credentials = { kind: 'default', principalId: APP } as const;
    for (const change of [
      { ...remote, credentials },
      { ...remote, server: { kind: 'local' } },
    ] as const) {
      expect((await bundleFor('Owner', change)).bundle.commands).toEqual([]);
    }
  });
});

describe('the hand-off to an administrator', () => {
  it('has for a Contributor one command per role that can be named already', async () => {
    const { bundle } = await bundleFor('Contributor');
    expect(bundle.commands).toHaveLength(2);
    expect(bundle.notYet).toHaveLength(1);
    expect(bundle.notYet[0]).toContain('Storage Blob Data Contributor');
    expect(bundle.roles).toEqual([]);
    for (const { command } of bundle.commands) {
      expect(words(command).slice(0, 4)).toEqual(['az', 'role', 'assignment', 'create']);
      const given = options(command);
      expect(given['--assignee-object-id']).toBe(dev.principalId);
      expect(given['--assignee-principal-type']).toBe('User');
      expect(given['--role']).toContain('ba92f5b4-2d11-453d-a403-e96b0029c9fe');
      expect(given['--scope']).toMatch(/\/containers\/dstack-(container|azure)$/);
      expect(given['--name']).toMatch(GUID);
    }
  });

  it('has all of them once the rest has run, with the very ids that the plan looks for', async () => {
    const { bundle, plan } = await bundleFor('Contributor', withApp, 'after');
    expect(bundle.notYet).toEqual([]);
    const principals = new Map([
      ['identity', { principalId: '00000000-0000-0000-0000-00000000aaaa' }],
    ]);
    const wanted = plan.changes
      .filter(({ resource }) => resource.kind === 'roleAssignment')
      .map(({ resource }) => resource.target(principals)?.id);
    const given = bundle.commands
      .map(({ command }) => options(command))
      .filter((each) => '--scope' in each)
      .map(
        (each) =>
          `${each['--scope'] ?? ''}/providers/Microsoft.Authorization/roleAssignments/${each['--name'] ?? ''}`,
      );
    expect(given.sort()).toEqual(wanted.sort());
    expect(given).toHaveLength(6);
  });

  it('makes custom roles under their own GUID, in JSON that Azure takes, before they are assigned', async () => {
    const { bundle, plan } = await bundleFor('Contributor', withApp);
    expect(bundle.roles).toHaveLength(2);
    for (const { json, file } of bundle.roles) {
      expect(customRole.safeParse(json).error).toBeUndefined();
      expect(file).toMatch(/^[A-Za-z0-9-]+\.json$/);
    }
    const puts = bundle.commands.filter(({ command }) => words(command)[1] === 'rest');
    expect(puts).toHaveLength(2);
    for (const { command } of puts) {
      const given = options(command);
      expect(given['--method']).toBe('put');
      expect(given['--url']).toMatch(/^\/subscriptions\/.*[0-9a-f-]{36}\?api-version=2022-04-01$/);
      const body: unknown = JSON.parse(given['--body'] ?? '');
      expect(customRole.safeParse(body).error).toBeUndefined();
      expect(bundle.roles.map(({ json }) => json)).toContainEqual(body);
    }
    const order = bundle.commands.map(({ command }) => words(command)[1]);
    expect(order.lastIndexOf('rest')).toBeLessThan(order.length - 1);
    const definitions = plan.changes.filter(({ resource }) => resource.kind === 'roleDefinition');
    for (const { resource } of definitions) {
      const id = resource.target(new Map())?.id ?? 'none';
      const [put, assign] = ['rest', 'role'].map((verb) =>
        bundle.commands.findIndex(
          ({ command }) => words(command)[1] === verb && command.includes(id.slice(-36)),
        ),
      );
      expect(put).toBeGreaterThanOrEqual(0);
      expect(put).toBeLessThan(assign ?? -1);
    }
  });

  it('registers providers in the project’s own subscription', async () => {
    const { bundle, plan } = await bundleFor('User Access Administrator');
    const registered = bundle.commands.filter(({ command }) => words(command)[1] === 'provider');
    expect(registered.map(({ command }) => options(command)['--namespace'])).toEqual([
      'Microsoft.Storage',
      'Microsoft.ManagedIdentity',
      'Microsoft.Network',
      'Microsoft.Compute',
    ]);
    for (const { command } of registered)
      expect(options(command)['--subscription']).toBe(plan.spec.subscriptionId);
  });

  it('asks for the one role that is missing where no command can help', async () => {
    const { bundle, plan } = await bundleFor('Reader');
    const [first] = bundle.commands;
    const given = options(first?.command ?? '');
    expect(given['--role']).toBe('b24988ac-6180-42a0-ab88-20f7382dd24c');
    expect(given['--scope']).toBe(`/subscriptions/${plan.spec.subscriptionId}`);
    expect(given['--assignee-object-id']).toBe(dev.principalId);
  });

  it('can be read: every command and role stands in the Markdown as it is', async () => {
    const { bundle } = await bundleFor('Contributor', withApp, 'after');
    for (const { command } of bundle.commands) expect(bundle.markdown).toContain(command);
    for (const { json } of bundle.roles) {
      expect(bundle.markdown).toContain(JSON.stringify(json, null, 2));
    }
    expect(bundle.markdown.match(/^```bash$/gm)).toHaveLength(bundle.commands.length);
  });

  it('is done by nobody’s hostile name: neither the shell nor Markdown reads anything into it', async () => {
    const hostile = `$(rm -rf /) '; echo \`id\` "\n\`\`\`\n# pwned <img src=x> ../..`;
    const change = {
      ...withApp,
      resourceGroup: { name: hostile, create: true },
      storageAccount: { name: "a'b$c", create: true },
    };
    const { bundle, plan } = await bundleFor('Contributor', change, 'after', {
      ...dev,
      name: hostile,
    });
    expect(bundle.commands).toHaveLength(8);
    for (const { command } of bundle.commands) {
      const all = words(command);
      expect(all[0]).toBe('az');
      expect(all.filter((word) => word.startsWith('--')).length).toBeLessThanOrEqual(6);
    }
    const scopes = bundle.commands.map(({ command }) => options(command)['--scope'] ?? '');
    expect(scopes).toContain(
      `/subscriptions/${plan.spec.subscriptionId}/resourceGroups/${hostile}`,
    );
    // Outside of fences there is no heading and no markup of theirs.
    const prose = bundle.markdown.replaceAll(/^ *(`{3,})\w*\n[\s\S]*?^ *\1$/gm, '');
    expect(prose).not.toMatch(/^# pwned/m);
    expect(prose).not.toMatch(/^ {0,3}`{3,}[^`\n]*$/m);
    for (const line of prose.split('\n').filter((each) => each.includes('<img'))) {
      expect(line).toMatch(/\\<img|`[^`]*<img|``.*<img/);
    }
  });
});

describe('a word for Bash', () => {
  it('comes out of a shell’s parser as it went in', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary', maxLength: 12 }), { minLength: 1, maxLength: 4 }),
        (texts) => {
          const plain = texts.map((text) => text.replaceAll('\0', ''));
          expect(words(shellCommand(['az', ...plain]))).toEqual(['az', ...plain]);
        },
      ),
    );
  });

  it.each(['$HOME', '`id`', "it's", '"', '\\', 'a b', '', '*', '~', '#', '!', 'a\nb', '&&', '-x;'])(
    'takes %j literally',
    (text) => {
      expect(words(`az ${shellWord(text)}`)).toEqual(['az', text]);
    },
  );
});
