export async function soak() {
  return true;
}
