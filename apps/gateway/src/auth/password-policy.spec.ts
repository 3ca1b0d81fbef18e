import { passwordFault } from './password-policy.js';

const owner = {
  email: 'maria.silva@oficina-norte.example',
  name: 'Maria Aparecida Silva',
  tenantName: 'Oficina Norte',
};
const fault = (password: string) => passwordFault(password, owner);

describe('a new password', () => {
  it.each(['', 'short', 'fourteen chars', '😀'.repeat(14), 'e\u0301'.repeat(14)])(
    'of less than 15 characters is refused: %s',
    (password) => {
      expect(fault(password)).toMatch(/too short.*at least 15/);
    },
  );

  it.each([
    ['words that nobody else puts together', 'lanterna verde sobre o telhado'],
    ['fifteen letters of a generator, and no other kind', 'kqzvwmrxbtfnpjd'],
    ['digits alone, when they are random', '839471650283746'],
    ['no digit, capital or sign', 'correct horse battery staple'],
    ['a generated one of 20 characters', 'x7Kd0-PqLw_2mVbN9sTz'],
    ['another alphabet', 'жёлтый слон пьёт чай ночью'],
    ['ideograms', '我家的猫喜欢在雨天唱歌跳舞呀'.padEnd(15, '好')],
    ['64 random characters', 'Zk3vXqY0b1C2d3E4f5G6h7I8j9K0l1M2n3O4p5Q6r7S8t9U0v1W2x3Y4z5A6b7C8'],
    ['a thousand characters', 'lanterna verde sobre o telhado '.repeat(32)],
    ['blanks around it', '  o rato azul comeu vidro  '],
  ])('is taken: %s', (_case, password) => {
    expect(fault(password)).toBeUndefined();
  });

  it.each([
    ['one sign', 'aaaaaaaaaaaaaaaaaaaa'],
    ['a sequence', '123456789012345678'],
    ['letters in order', 'abcdefghijklmnopqrst'],
    ['the keyboard', 'qwertyuiopasdfghjkl'],
    ['the keyboard, across', '1q2w3e4r5t6y7u8i9o0p'],
    ['a common password twice', 'passwordpassword1'],
    ['the same with signs for letters', 'P@ssw0rdP@ssw0rd!'],
    ['common passwords in a row', 'password1234567890'],
    ['a repetition', 'abcabcabcabcabcabc'],
    ['the product', 'TechZe Diagnostic'],
    ['the product and the year', 'techze2026techze2026'],
    ['the own e-mail', 'maria.silva@oficina-norte.example'],
    ['the own name', 'MariaAparecidaSilva'],
    ['the own company', 'Oficina Norte 2026'],
    ['the same in wide letters', 'ｐａｓｓｗｏｒｄｐａｓｓｗｏｒｄ'],
  ])('that anybody would try soon is refused: %s', (_case, password) => {
    expect(fault(password)).toMatch(/too easy to guess.*unrelated words/);
  });

  it('is no e-mail of the owner, however long that is', () => {
    const email = 'xk7d0pqlw2mvbn9stzhfjr4cyg8e1uoi35a6@zv0qk8s2.example';
    expect(passwordFault(email, { ...owner, email })).toMatch(/too easy to guess/);
  });

  it('is judged in a moment, whatever it is made of', () => {
    const since = performance.now();
    for (const part of ['a', 'ab', '@4$s5o0l1!i', 'password1', 'p4$$w0rd1!|@(', '2026-11-22'])
      fault(part.repeat(500).slice(0, 1024));
    expect(performance.now() - since).toBeLessThan(10_000);
  });
});
