// Names of containers: which are allowed, and the ones made up for containers that were given none.
//
// Mirrors: moby daemon/names and internal/namesgenerator. Differs: the two lists of words are this project's own.
import type { Rng } from '../../sim/index.ts';

const allowed = /^\/?[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;

export const isValidName = (name: string): boolean => allowed.test(name);

const adjectives =
  `able airy amber ample apt brave breezy bright brisk bubbly calm candid cheery civil clear clever cosy
crisp curious daring deft eager early earnest easy even fair fancy fine fluent fond frank free fresh gentle giddy glad
golden grand happy hardy hearty honest humble jolly keen kind lively loyal lucid lucky mellow merry mild modest neat nimble
noble open patient placid plucky polite proud quick quiet rapid ready robust rosy serene sharp shiny silent sincere smart
snug solid spry stable steady sunny sure swift tender thrifty tidy tranquil true upbeat vivid warm wise witty zesty`.split(
    /\s+/,
  );

const surnames =
  `abel agnesi aiken ampere babbage banach barton bassi bell bernoulli bohr boole bose boyle brahe brattain
cantor carson cauchy cerf chandra chebyshev cori coulomb curie darwin davinci diffie dijkstra dirac edison einstein engelbart
erdos euclid euler faraday fermat fermi feynman fourier franklin galileo galois gauss germain godel hamming hawking hellman
hertz hilbert hodgkin hopper huygens hypatia jacobi joule kalam kepler khayyam kilby knuth kolmogorov lagrange lamarr laplace
leavitt leibniz liskov lovelace lumiere maxwell mayer mccarthy meitner mendel mirzakhani moore morse napier nash newton nobel
noether ohm pascal pasteur pauling payne perlman planck poincare ptolemy raman ramanujan rhodes ritchie sammet shannon sinclair
snyder stallman tesla thompson torvalds turing volhard volta wilson wozniak wright yalow`.split(
    /\s+/,
  );

/** `adjective_surname`; from the second try on with a digit at its end. */
export function generateName(rng: Rng, tries: number): string {
  const name = `${rng.pick(adjectives)}_${rng.pick(surnames)}`;
  return tries > 0 ? `${name}${rng.below(10)}` : name;
}
