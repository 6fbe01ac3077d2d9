import { parse } from 'shell-quote';
import { SINGLE } from '../simulators/azure/core/worlds/single.ts';
import type { World } from '../simulators/azure/core/world.ts';
import type { SimulatedAzure } from '../simulators/azure/core/simulatedAzure.ts';

const ADMIN = { username: 'admin@contoso.example', id: '0c000000-0000-4000-8000-0000000000ad' };
const SCOPE = `/subscriptions/${SINGLE.subscriptionId}`;

/** The same world with one more person, who owns the subscription. */
export function withAdministrator(world: World): World {
  const memberships = [{ tenantId: SINGLE.tenantId, objectId: ADMIN.id }];
  return {
    ...world,
    users: [...world.users, { username: ADMIN.username, memberships }],
    roleAssignments: [
      ...world.roleAssignments,
      { scope: SCOPE, principalId: ADMIN.id, principalType: 'User', role: 'Owner' },
    ],
  };
}

/**
 * Does what the administrator's commands would do, each by the call that Azure CLI makes of it.
 * @param page the bundle as it was copied
 * @returns how many commands there were
 */
export async function runCommands(azure: SimulatedAzure, page: string): Promise<number> {
  const commands = [...page.matchAll(/^```bash\n([\s\S]*?)\n```$/gm)].map(
    (match) => match[1] ?? '',
  );
  for (const command of commands) {
    const words = parse(command).map(String);
    const option = (name: string): string => words[words.indexOf(name) + 1] ?? '';
    const [, service] = words;
    if (service === 'rest') {
      await put(azure, option('--url'), option('--body'));
    } else {
      const role = option('--role');
      const properties = {
        principalId: option('--assignee-object-id'),
        principalType: option('--assignee-principal-type'),
        roleDefinitionId: role.includes('/')
          ? role
          : `${SCOPE}/providers/Microsoft.Authorization/roleDefinitions/${role}`,
        description: option('--description'),
      };
      const id = `${option('--scope')}/providers/Microsoft.Authorization/roleAssignments/${option('--name')}`;
      await put(azure, `${id}?api-version=2022-04-01`, JSON.stringify({ properties }));
    }
  }
  return commands.length;
}

async function put(azure: SimulatedAzure, path: string, body: string): Promise<void> {
  const audience = 'https://management.azure.com';
  const token = azure.issueUserToken({
    ...{ tenantId: SINGLE.tenantId, username: ADMIN.username, audience },
  });
  const { status, body: answer } = await azure.handle({
    method: 'PUT',
    url: new URL(`${audience}${path}`),
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: new TextEncoder().encode(body),
  });
  if (status > 299) throw new Error(`${path}: ${new TextDecoder().decode(answer)}`);
}
