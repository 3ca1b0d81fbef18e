/** Ends what global-setup started, and whatever a test forgot. */
export default async function tearDown() {
  await globalThis.techzeTestRun?.end();
}
