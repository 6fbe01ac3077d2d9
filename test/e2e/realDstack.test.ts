import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findKeptServer } from '../../src/local/keptServer.ts';
import { realClock } from '../../src/local/realClock.ts';
import { installDstack, venv } from '../dstack/venv.ts';
import { Scene } from '../vscode/scene.ts';
import { pictureOfFailure } from './pictureOfFailure.ts';

const project = 'real-project';

describe('The real dstack in a terminal of a new project', () => {
  let scene: Scene;
  pictureOfFailure(() => scene);

  beforeAll(async () => {
    await installDstack(console.error);
    scene = await Scene.open({
      vscode: {
        // VS Code takes the PATH from the user's shell, so it is given where a person would.
        settings: {
          'dstackAzure.dstackPath': venv.dstack,
          'dstackAzure.keepLocalServer': true,
          'terminal.integrated.env.linux': { PATH: `${venv.bin}:\${env:PATH}` },
          'terminal.integrated.env.osx': { PATH: `${venv.bin}:\${env:PATH}` },
        },
      },
    });
    await scene.openForm();
    await scene.create(project);
    await scene.page.finished();
  }, 600_000);

  afterAll(async () => {
    // Where a test before the last one failed; nothing else would end a server that is kept.
    const storage = 'User/globalStorage/dstack-azure.dstack-azure';
    const [record = '', log = ''] = ['server.json', 'server.log'].map((name) =>
      path.join(scene.stage.vscode.dirs.userData, storage, name),
    );
    const looking = { token: '', clock: realClock, onLine: () => undefined };
    await (await findKeptServer(looking, { record, log }))?.stop();
    await scene.close();
  });

  const answers = () =>
    fetch('http://127.0.0.1:3000/healthcheck').then(
      ({ ok }) => ok,
      () => false,
    );

  /** What a command printed that was typed into a new terminal of the window. */
  const typed = async (command: string, file: string): Promise<string> => {
    const line = `${command} > ${file} 2>&1; echo "exit $?" >> ${file}`;
    await scene.workbench.driver.run(
      'const terminal = vscode.window.createTerminal(); terminal.show(); terminal.sendText(input)',
      line,
    );
    const seen = () => readFile(path.join(scene.stage.workspace, file), 'utf8').catch(() => '');
    await expect.poll(seen, { timeout: 90_000 }).toMatch(/^exit \d+$/m);
    return seen();
  };

  it('starts the server of this machine from the last screen', async () => {
    await scene.page.press('Start Local dstack Server');
    await expect.poll(answers, { timeout: 120_000 }).toBe(true);
  });

  it('has the three variables, by which dstack answers for the project', async () => {
    const variables = await typed('env', 'env.txt');
    expect(variables).toMatch(new RegExp(`^DSTACK_PROJECT=${project}$`, 'm'));
    expect(variables).toMatch(/^DSTACK_SERVER_URL=http:\/\/127\.0\.0\.1:3000$/m);
    expect(variables).toMatch(/^DSTACK_TOKEN=\S+$/m);
    const answer = await typed('dstack fleet', 'fleet.txt');
    expect(answer).toMatch(/NAME/);
    expect(answer).toMatch(/^exit 0$/m);
  });

  it('is refused for another project, so that answer was not by chance', async () => {
    const answer = await typed('DSTACK_PROJECT=nobody dstack fleet', 'nobody.txt');
    expect(answer).toMatch(/^exit [1-9]/m);
  });

  it('keeps its server when the window closes, as the setting says', async () => {
    await scene.reopen({});
    expect(await answers()).toBe(true);
  });

  it('is without its server once the next window has stopped it, and leaves the port to others', async () => {
    // Not by the palette: what the new window restores may take the focus from it.
    await scene.workbench.driver.run(
      "return vscode.commands.executeCommand('dstackAzure.stopLocalServer')",
    );
    await expect.poll(answers, { timeout: 30_000 }).toBe(false);
  });
});
