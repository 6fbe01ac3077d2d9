/** Every command of the extension. The manifest declares the same ones; a test compares. */
export const COMMAND_IDS = [
  'dstackAzure.createProject',
  'dstackAzure.signIn',
  'dstackAzure.refreshProjects',
  'dstackAzure.refreshNode',
  'dstackAzure.retryNode',
  'dstackAzure.signInAgain',
  'dstackAzure.openInPortal',
  'dstackAzure.openQuotaInPortal',
  'dstackAzure.useInFolder',
  'dstackAzure.stopUsingInFolder',
  'dstackAzure.useEverywhere',
  'dstackAzure.deleteProject',
  'dstackAzure.showFolderProject',
  'dstackAzure.openCliConfig',
  'dstackAzure.copyResourceId',
  'dstackAzure.createFleetFile',
  'dstackAzure.createHelloGpuTask',
  'dstackAzure.applyFile',
  'dstackAzure.showGpuOffers',
  'dstackAzure.startLocalServer',
  'dstackAzure.stopLocalServer',
  'dstackAzure.restartLocalServer',
  'dstackAzure.showLocalServerLog',
  'dstackAzure.showLog',
] as const;

export type CommandId = (typeof COMMAND_IDS)[number];
