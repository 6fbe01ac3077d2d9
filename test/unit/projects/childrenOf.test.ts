import { describe, expect, it } from 'vitest';
import { childrenOf } from '../../../src/projects/childrenOf.ts';
import { textOf } from '../../../src/projects/nodeText.ts';
import type { ProjectItem, ProjectNode } from '../../../src/projects/projectNode.ts';
import { cancellation, SetupError } from '../../../src/setup/errors.ts';
import {
  account,
  ada,
  bob,
  found,
  listed,
  record,
  sourcesOf,
  world,
  type World,
} from './azureWorld.ts';

const signal = new AbortController().signal;

function failure(code: string): SetupError {
  return new SetupError({ code, source: 'azure', message: `It is ${code}.`, remedy: 'Wait.' });
}

/** What a person would read: label, description. */
function read(nodes: readonly ProjectNode[]): readonly string[] {
  return nodes.map((node) => {
    const { label, description } = textOf(node);
    return `${node.kind}: ${label}${description === undefined ? '' : ` (${description})`}`;
  });
}

const alpha: ProjectItem = {
  kind: 'project',
  id: `project${account('alpha').id.toLowerCase()}`,
  project: listed('alpha'),
  usedHere: false,
};

async function open(node: ProjectNode | undefined, of: World): Promise<readonly ProjectNode[]> {
  return childrenOf(node, sourcesOf(of), signal);
}

async function openPart(kind: ProjectNode['kind'], of: World): Promise<readonly ProjectNode[]> {
  const part = (await open(alpha, of)).find((node) => node.kind === kind);
  expect(part).toBeDefined();
  return open(part, of);
}

describe('The roots of the Projects tree', () => {
  const cases: readonly { name: string; world: World; shows: readonly string[] }[] = [
    { name: 'are none when nobody is signed in', world: world({ accounts: [] }), shows: [] },
    { name: 'are none when no project was found', world: world(), shows: [] },
    {
      name: 'are the projects of all tenants in order of name',
      world: world({
        tenants: { [ada.id]: ['contoso', 'fabrikam'] },
        projects: {
          contoso: [found('zeta'), found('beta')],
          fabrikam: [found('alpha', 'fabrikam')],
        },
      }),
      shows: [
        'project: alpha (westeurope · Research)',
        'project: beta (westeurope · Research)',
        'project: zeta (westeurope · Research)',
      ],
    },
    {
      name: 'show a project once that two accounts can see',
      world: world({
        accounts: [ada, bob],
        tenants: { [ada.id]: ['contoso'], [bob.id]: ['contoso'] },
        projects: { contoso: [found('alpha')] },
      }),
      shows: ['project: alpha (westeurope · Research)'],
    },
    {
      name: 'mark the project that this window uses',
      world: world({ projects: { contoso: [found('alpha')] }, usedHere: [account('alpha').id] }),
      shows: ['project: alpha (westeurope · Research · used here)'],
    },
    {
      name: 'show a failed tenant beside the projects of the others',
      world: world({
        tenants: { [ada.id]: ['contoso', 'fabrikam'] },
        projects: { contoso: [found('alpha')], fabrikam: failure('throttled') },
      }),
      shows: [
        'project: alpha (westeurope · Research)',
        'error: Tenant fabrikam (It is throttled.)',
      ],
    },
    {
      name: 'show a failed account by its name',
      world: world({ tenants: { [ada.id]: failure('network_down') } }),
      shows: ['error: ada@contoso.example (It is network_down.)'],
    },
    {
      name: 'offer the sign-in that a tenant asks for instead of an error',
      world: world({ projects: { contoso: failure('sign_in_needed') } }),
      shows: ['signIn: Tenant contoso (sign-in needed)'],
    },
    {
      name: 'offer a new sign-in to an account whose session has ended',
      world: world({ tenants: { [ada.id]: failure('sign_in_ended') } }),
      shows: ['signIn: ada@contoso.example (sign-in needed)'],
    },
    {
      name: 'show the project of a folder that Resource Graph does not know yet',
      world: world({
        bound: [{ tenantId: 'Contoso', storageAccountId: account('alpha').id.toUpperCase() }],
        storageAccounts: [
          { ...account('alpha'), tags: { 'dstack-project': 'alpha' } },
          { ...account('other'), tags: { 'dstack-project': 'other' } },
        ],
      }),
      shows: ['project: alpha (westeurope · Research)'],
    },
    {
      name: 'show the projects of a tenant where the one of a folder could not be looked up',
      world: world({
        projects: { contoso: [found('beta')] },
        bound: ['alpha', 'gamma'].map((name) => ({
          tenantId: 'contoso',
          storageAccountId: account(name).id,
        })),
        storageAccounts: failure('throttled'),
      }),
      shows: ['project: beta (westeurope · Research)', 'error: Tenant contoso (It is throttled.)'],
    },
    {
      name: 'leave out the project of a folder that is gone from Azure',
      world: world({ bound: [{ tenantId: 'contoso', storageAccountId: account('alpha').id }] }),
      shows: [],
    },
  ];

  it.each(cases)('$name', async ({ world: of, shows }) => {
    expect(read(await open(undefined, of))).toEqual(shows);
  });

  it('are not looked up one by one when the search has found them', async () => {
    const bound = [{ tenantId: 'contoso', storageAccountId: account('alpha').id }];
    const sources = sourcesOf(world({ bound, projects: { contoso: [found('alpha')] } }));
    await childrenOf(undefined, sources, signal);
    expect(sources.asked).not.toContain('storage accounts');
  });

  it('tell the view how the discovery went', async () => {
    const sources = sourcesOf(world({ projects: { contoso: failure('throttled') } }));
    await childrenOf(undefined, sources, signal);
    expect(sources.discoveries).toHaveLength(1);
    expect(sources.discoveries[0]?.failures.map((one) => one.error.code)).toEqual(['throttled']);
  });

  it('end with the cancellation when the listing is cancelled', async () => {
    const aborted = AbortSignal.abort(cancellation());
    const listing = childrenOf(undefined, sourcesOf(world()), aborted);
    await expect(listing).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('have ids that stay the same when Azure changes the case of an id', async () => {
    const shouted = { ...found('alpha'), storageAccount: { ...account('alpha') } };
    const other = { ...shouted.storageAccount, id: shouted.storageAccount.id.toUpperCase() };
    const [first] = await open(undefined, world({ projects: { contoso: [shouted] } }));
    const [second] = await open(
      undefined,
      world({ projects: { contoso: [{ ...shouted, storageAccount: other }] } }),
    );
    expect(first?.id).toBe(second?.id);
  });
});

describe('A project in the tree', () => {
  it('opens into its location, storage account, resources and configuration', async () => {
    expect(read(await open(alpha, world({ record: record('alpha') })))).toEqual([
      'location: Location (westeurope)',
      'storageAccount: Storage account (alpha)',
      'resources: Resources (3)',
      'configuration: Configuration',
    ]);
  });

  it('is not asked about its record before it is opened', async () => {
    const sources = sourcesOf(world({ projects: { contoso: [found('alpha')] } }));
    await childrenOf(undefined, sources, signal);
    expect(sources.asked).toEqual([`tenants of ${ada.id}`]);
  });

  const records: readonly { name: string; record: World['record']; shows: readonly string[] }[] = [
    {
      name: 'lists the resources of its record, roles by name or, in an older record, by what they reach',
      record: record('alpha'),
      shows: [
        'resource: alpha (Storage account · created)',
        'resource: On dstack-azure (Role assignment · adopted)',
        'resource: Storage Blob Data Contributor (on dstack-container · created)',
      ],
    },
    {
      name: 'is shown from its tags while its record is not written',
      record: undefined,
      shows: [
        'note: Record pending (It has not been written yet.)',
        'resource: dstack-alpha (Resource group)',
        'resource: alpha (Storage account)',
      ],
    },
    {
      name: 'is shown from its tags while the data role spreads, with the reason',
      record: failure('data_role_spreading'),
      shows: [
        'note: Record pending (It is data_role_spreading.)',
        'resource: dstack-alpha (Resource group)',
        'resource: alpha (Storage account)',
      ],
    },
    {
      name: 'shows a record that is broken as an error, beside what the tags say',
      record: failure('record_unreadable'),
      shows: [
        'error: alpha (It is record_unreadable.)',
        'resource: dstack-alpha (Resource group)',
        'resource: alpha (Storage account)',
      ],
    },
  ];

  it.each(records)('$name', async ({ record: of, shows }) => {
    expect(read(await openPart('resources', world({ record: of })))).toEqual(shows);
  });

  it('offers to try again what a broken record stopped: the project itself', async () => {
    const nodes = await openPart('resources', world({ record: failure('record_unreadable') }));
    expect(nodes[0]).toMatchObject({ kind: 'error', of: { id: alpha.id } });
  });

  it('says in its configuration that no folder is open', async () => {
    expect(read(await openPart('configuration', world()))).toEqual(['note: No folder is open']);
  });

  it('says of each folder whether it uses the project, and shows its files', async () => {
    const of = world({
      folders: [
        {
          folderName: 'training',
          folderUri: 'file:///training',
          used: true,
          serverUrl: 'http://127.0.0.1:3000',
          files: [{ path: '.dstack/config.yml', uri: 'file:///training/.dstack/config.yml' }],
        },
        { folderName: 'other', folderUri: 'file:///other', used: false, files: [] },
      ],
    });
    const nodes = await openPart('configuration', of);
    expect(read(nodes)).toEqual([
      'folder: training (http://127.0.0.1:3000)',
      'folder: other (does not use this project)',
    ]);
    expect(read(await open(nodes[0], of))).toEqual(['file: .dstack/config.yml']);
  });

  it('has the GPU quota below its location, which is not asked for before that is opened', async () => {
    const sources = sourcesOf(world());
    const parts = await childrenOf(alpha, sources, signal);
    const location = parts.find(({ kind }) => kind === 'location');
    const [quota] = await childrenOf(location, sources, signal);
    expect(quota && read([quota])).toEqual(['gpuQuota: GPU quota (Research)']);
    expect(sources.asked).toEqual(['record of alpha']);
    await childrenOf(quota, sources, signal);
    expect(sources.asked).toContain('capacity of westeurope for contoso');
  });

  const size = { gpus: 1, isSpotCapable: true };
  const quotas: readonly {
    name: string;
    capacity: World['capacity'];
    shows: readonly string[];
  }[] = [
    {
      name: 'shows a row for each family of GPU sizes that dstack rents',
      capacity: {
        usages: [
          { name: 'cores', used: 0, limit: 100 },
          { name: 'a100', used: 0, limit: 24 },
        ],
        sizes: [
          { ...size, name: 'Standard_NC24ads_A100_v4', family: 'A100', vcpus: 24 },
          { ...size, name: 'Standard_NC4as_T4_v3', family: 'T4', vcpus: 4 },
          { ...size, name: 'Standard_D2s_v6', family: 'D', vcpus: 2, gpus: 0 },
        ],
      },
      shows: [
        'gpuFamily: NCads A100 v4 (room for 24 vCPUs (1 × A100))',
        'gpuFamily: NCas T4 v3 (no quota)',
      ],
    },
    {
      name: 'says where Azure has no GPU for dstack',
      capacity: { usages: [], sizes: [] },
      shows: ['note: No GPUs (Azure has none in westeurope that dstack can rent.)'],
    },
    {
      name: 'shows a failure where it happened',
      capacity: failure('throttled'),
      shows: ['error: alpha (It is throttled.)'],
    },
  ];

  it.each(quotas)('$name', async ({ capacity, shows }) => {
    const of = world({ capacity });
    const [quota] = await openPart('location', of);
    expect(read(await open(quota, of))).toEqual(shows);
  });

  it('offers to ask for the quota again after a failure', async () => {
    const of = world({ capacity: failure('throttled') });
    const [quota] = await openPart('location', of);
    expect((await open(quota, of))[0]).toMatchObject({ kind: 'error', of: quota });
  });

  it('gives every node below it an id of its own', async () => {
    const of = world({ record: record('alpha') });
    const parts = await open(alpha, of);
    const all = [...parts, ...(await Promise.all(parts.map((part) => open(part, of)))).flat()];
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  });
});
