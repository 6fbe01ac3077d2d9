import type { SimRequest, SimResponse, SimService } from '../simulators/azure/core/http.ts';
import { runProgram } from './program.ts';
import { venv } from './venv.ts';

/** Where a dstack server fetches its list of prices (gpuhunt, `CATALOG_URL`). */
export const CATALOG_HOST = 'dstack-gpu-pricing.s3.eu-west-1.amazonaws.com';

const PROVIDERS = 'aws azure verda gcp lambdalabs nebius oci runpod cloudrift'.split(' ');
const HEADER =
  'instance_name,location,price,cpu,memory,gpu_count,gpu_name,gpu_memory,spot,disk_size';
const SIZES = [
  'Standard_F2s_v2,westeurope,0.097,2,4,0,,,False,',
  'Standard_NC4as_T4_v3,westeurope,0.605,4,28,1,T4,16,False,',
  'Standard_NC4as_T4_v3,eastus,0.526,4,28,1,T4,16,False,',
];

/** The catalog as a small fixture: three sizes of Azure, nothing of the others. */
export async function offerCatalog(): Promise<SimService> {
  const zips = new Map<string, Uint8Array>();
  for (const provider of PROVIDERS) {
    const rows = provider === 'azure' ? SIZES : [];
    zips.set(provider, await zip(`${provider}.csv`, [HEADER, ...rows, ''].join('\n')));
  }
  return { handle: (request) => Promise.resolve(answer(request, zips)) };
}

function answer({ url }: SimRequest, zips: ReadonlyMap<string, Uint8Array>): SimResponse {
  const [, provider = '', file = ''] = /^\/v3\/([^/]+)\/(.+)$/.exec(url.pathname) ?? [];
  const body = file === 'version' ? new TextEncoder().encode('1') : zips.get(provider);
  if (!body) return { status: 404, headers: {} };
  return { status: 200, headers: { 'Content-Type': 'application/octet-stream' }, body };
}

/** Python has a ZIP writer and Node has none. */
async function zip(name: string, text: string): Promise<Uint8Array> {
  const program = [
    'import base64, io, sys, zipfile',
    'buffer = io.BytesIO()',
    'with zipfile.ZipFile(buffer, "w") as file: file.writestr(sys.argv[1], sys.argv[2])',
    'print(base64.b64encode(buffer.getvalue()).decode())',
  ].join('\n');
  const { stdout } = await runProgram(venv.python, ['-c', program, name, text]);
  return Buffer.from(stdout.trim(), 'base64');
}
