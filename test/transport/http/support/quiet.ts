/** What a counter comes to when it stands still; bounded. */
export async function quiet(read: () => number): Promise<number> {
  let before = -1;
  for (let round = 0; round < 50 && before !== read(); round += 1) {
    before = read();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return before;
}
