import setUp from './global-setup.mjs';

/** Also starts the whole suite, once for all end-to-end files. */
export default async function setUpSuite(globalConfig) {
  await setUp(globalConfig);
  await globalThis.techzeTestRun.startSuite();
}
