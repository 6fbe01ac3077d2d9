import { installDstack } from './venv.ts';

/** For those who start vitest by hand; `run.ts` has done it already. */
export default async function setup(): Promise<void> {
  await installDstack(console.log);
}
