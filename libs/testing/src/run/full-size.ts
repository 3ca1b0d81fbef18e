/** Whether storms run at their stated sizes (`npm run test:full`) or scaled down (`npm test`). */
export function fullSize(): boolean {
  return process.env.TECHZE_TEST_SIZE === 'full';
}
