import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { SINGLE } from '../simulators/azure/core/worlds/single.ts';
import type { Stage } from './stage.ts';
import { WizardPage } from './wizardPage.ts';
import { Workbench } from './workbench.ts';

const projectName = 'first-project';

/**
 * One project from click to CLI config, by the hands of a browser: sign-in, form, plan, creation,
 * tree, files. Throws at the first thing that isn't as it should be; `say` gets a line per step.
 */
export async function checkDrive(stage: Stage, say: (line: string) => void): Promise<void> {
  const workbench = await Workbench.open(stage.vscode);
  try {
    await drive(workbench, stage, say);
  } catch (error) {
    say(`Screenshot of the end: ${await workbench.screenshot('check-failed')}`);
    throw error;
  } finally {
    await workbench.close();
  }
}

async function drive(
  workbench: Workbench,
  stage: Stage,
  say: (line: string) => void,
): Promise<void> {
  await workbench.driver.ready();
  await workbench.runCommand('dstack: Create Azure Project');
  const page = new WizardPage(workbench.webview());
  await page.press('Sign In');
  await workbench.answerConsent('Allow');
  await page.chosen('Account', SINGLE.username);
  say('Signed in.');

  await page.field('Project name').fill(projectName);
  await page.choose('Location', /^East US(?! 2)/);
  await page.field(/new storage account/i).waitFor();
  say('Form filled.');

  await page.press(/^Review/);
  await page.shows(/\d+ to create/);
  say('Plan shown.');

  await page.press(/^Create/);
  await page.shows(/is ready/i, 180_000);
  say('Project created.');

  await workbench.openContainer('dstack for Azure');
  await workbench.treeItem(/Projects/, new RegExp(projectName)).waitFor();
  say('Project in the tree.');

  await checkFiles(stage);
  say('Files written.');
  const unknown = stage.simulator.simulated.requests.unsupported();
  if (unknown.length > 0) {
    throw new Error(`The simulated Azure does not know: ${JSON.stringify(unknown[0])}`);
  }
  if (workbench.problems.policyViolations.length > 0) {
    throw new Error(`The page broke its own policy: ${workbench.problems.policyViolations[0]}`);
  }
}

async function checkFiles({ workspace }: Stage): Promise<void> {
  const config = await readFile(path.join(workspace, '.dstack', 'config.yml'), 'utf8');
  for (const key of ['name', 'url', 'token']) {
    if (!new RegExp(`\\b${key}:`).test(config)) {
      throw new Error(`.dstack/config.yml has no ${key}.`);
    }
  }
  if (!config.includes(projectName)) {
    throw new Error(`.dstack/config.yml does not name the project ${projectName}.`);
  }
  await readFile(path.join(workspace, '.dstack', '.gitignore'));
  await readFile(path.join(workspace, '.dstack', 'profiles.yml'));
}
