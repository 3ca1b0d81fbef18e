import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { services } from '@techze/contracts';
import { parse, parseAllDocuments } from 'yaml';
import { makeDeploymentSecrets } from '../libs/local-stack/src/deployment-secrets.js';

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly replicas: number;
    readonly strategy: unknown;
    readonly minAvailable: number;
    readonly selector: { readonly matchLabels?: Labels } & Labels;
    readonly template: { readonly metadata: { readonly labels: Labels }; readonly spec: PodSpec };
  };
}

type Labels = Readonly<Record<string, string>>;

interface PodSpec {
  readonly terminationGracePeriodSeconds: number;
  readonly volumes: readonly { readonly name: string; readonly secret?: { readonly secretName: string } }[];
  readonly containers: readonly [
    {
      readonly image: string;
      readonly env: readonly { readonly name: string; readonly value: string }[];
      readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
      readonly resources: { readonly requests: Labels; readonly limits: Labels };
    },
  ];
}

interface Kustomization {
  readonly resources: readonly string[];
  readonly images: readonly { readonly name: string; readonly newTag: string }[];
}

const base = join(__dirname, 'base');
const read = (...path: string[]) => readFileSync(join(base, ...path), 'utf8');
const files = readdirSync(base).filter((file) => file.endsWith('.yaml') && file !== 'kustomization.yaml');
const kustomization = parse(read('kustomization.yaml')) as Kustomization;
const manifests = files.flatMap((file) => parseAllDocuments(read(file)).map((document) => document.toJS() as Manifest));
const settings = new Map(
  read('settings.env')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line): [string, string] => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
);
const workloads = manifests.filter(({ kind }) => kind === 'Deployment' || kind === 'Job');

function find(kind: string, name: string): Manifest {
  const found = manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name);
  if (!found) throw new Error(`${kind} ${name} is missing`);
  return found;
}

describe('k8s/base', () => {
  it('lists every file', () => expect([...kustomization.resources].sort()).toEqual([...files].sort()));

  it.each(manifests.map((manifest): [string, Manifest] => [`${manifest.kind} ${manifest.metadata.name}`, manifest]))(
    'is valid: %s',
    async (_, manifest) => {
      const { apiVersion, kind } = manifest;
      const { [kind]: Model } = (await import(`kubernetes-models/${apiVersion}/${kind}`)) as Record<string, Model>;
      if (!Model) throw new Error(`${apiVersion} has no ${kind}`);
      expect(() => new Model(manifest).validate()).not.toThrow();
    },
  );

  it('runs the released version, by number', () => {
    const { version } = JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8')) as { version: string };
    expect(kustomization.images).toEqual([{ name: 'techze/diagnostic-service', newTag: version }]);
    for (const { spec } of workloads) expect(spec.template.spec.containers[0].image).toBe('techze/diagnostic-service');
  });

  it('has no secret in it', () => {
    expect(manifests.map(({ kind }) => kind)).not.toContain('Secret');
    for (const name of settings.keys()) expect(name).not.toMatch(/(PASSWORD|_KEY|JWKS|_URL)$/);
  });

  it.each(workloads.map((workload): [string, Manifest] => [workload.metadata.name, workload]))(
    'is what Pod Security calls restricted, and bounded: %s',
    (_, { spec }) => {
      expect(spec.template.spec).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          {
            resources: {
              requests: { cpu: expect.any(String), memory: expect.any(String) },
              limits: { cpu: expect.any(String), memory: expect.any(String) },
            },
            securityContext: {
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ['ALL'] },
            },
          },
        ],
      });
    },
  );

  describe.each(services)('%s', (service) => {
    const { spec } = find('Deployment', service);
    const labels = { 'app.kubernetes.io/name': service };

    it('is replaced pod by pod, with no gap', () => {
      expect(spec.replicas).toBeGreaterThan(1);
      expect(spec.strategy).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } });
      expect(spec.template.spec.containers).toMatchObject([
        {
          livenessProbe: { httpGet: { path: '/live' } },
          readinessProbe: { httpGet: { path: '/ready' } },
        },
      ]);
    });

    it('has the time to drain and finish', () => {
      const needsMs = Number(settings.get('SHUTDOWN_DRAIN_MS')) + Number(settings.get('SHUTDOWN_GRACE_MS'));
      expect(spec.template.spec.terminationGracePeriodSeconds * 1000).toBeGreaterThan(needsMs);
    });

    it('is found by its Service and kept by its PodDisruptionBudget', () => {
      expect(spec.selector.matchLabels).toEqual(labels);
      expect(spec.template.metadata.labels).toEqual(labels);
      expect(find('Service', service).spec.selector).toEqual(labels);
      const budget = find('PodDisruptionBudget', service).spec;
      expect(budget.selector.matchLabels).toEqual(labels);
      expect(budget.minAvailable).toBeLessThan(spec.replicas);
    });

    it('is a house like the others', () => {
      const { containers, ...pod } = find('Deployment', 'gateway').spec.template.spec;
      const { env, resources: _sized, ...container } = containers[0];
      const file = (name: string) => ({ name: `${name}_FILE`, value: `/secrets/${name}` });
      const ownOfGateway = [file('AUTH_REFRESH_KEY'), file('AUDIT_PUBLIC_KEY'), file('AUDIT_DATA_KEY')];
      const shared = env.filter(({ name }) => !ownOfGateway.some((own) => own.name === name));
      const own: Record<string, object[]> = {
        gateway: ownOfGateway,
        ai: [file('AI_STATE_KEY'), file('AUDIT_DATA_KEY')],
        automation: [file('AUDIT_SIGNING_KEY'), file('AUDIT_DATA_KEY')],
        diagnostics: [file('AUDIT_DATA_KEY')],
      };
      // Whoever takes bodies of 8 MiB needs more memory, and nothing else.
      const sizes: Record<string, object> = {
        gateway: { requests: { cpu: '100m', memory: '384Mi' }, limits: { cpu: '1', memory: '1Gi' } },
        ai: { requests: { cpu: '100m', memory: '512Mi' }, limits: { cpu: '1', memory: '1Gi' } },
      };
      const others = { requests: { cpu: '100m', memory: '256Mi' }, limits: { cpu: '1', memory: '512Mi' } };
      expect(renamed(spec.template.spec, service, 'gateway')).toEqual({
        ...pod,
        containers: [{ ...container, env: [...shared, ...(own[service] ?? [])], resources: sizes[service] ?? others }],
      });
    });
  });

  it('mounts the files that make-secrets.js makes for each', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'techze-k8s-'));
    try {
      await makeDeploymentSecrets(folder);
      for (const { kind, metadata, spec } of workloads) {
        const pod = spec.template.spec;
        expect(pod.volumes).toContainEqual({ name: 'secrets', secret: { secretName: metadata.name } });
        const told = new Map(pod.containers[0].env.map(({ name, value }) => [name, value]));
        const all = kind === 'Job' ? told : new Map([...settings, ...told]);
        const named = [...all].filter(([name]) => name.endsWith('_FILE')).map(([, path]) => basename(path));
        expect(named.sort()).toEqual(readdirSync(join(folder, metadata.name)).sort());
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('sets nothing that no schema knows', () => {
    const known = readFileSync(join(__dirname, '..', '.env.example'), 'utf8');
    const told = workloads.flatMap(({ spec }) => spec.template.spec.containers[0].env.map(({ name }) => name));
    const names = new Set([...settings.keys(), ...told].map((name) => name.replace(/_FILE$/, '')));
    names.delete('APP'); // the image's own: which process it starts
    for (const name of names) expect(known).toMatch(new RegExp(`^(# )?${name}=`, 'm'));
  });
});

/** The same with each value that is one service's name become another's. */
function renamed(value: unknown, from: string, to: string): unknown {
  return JSON.parse(JSON.stringify(value), (_, part: unknown) =>
    part === from ? to : part === `techze_${from}` ? `techze_${to}` : part,
  );
}

type Model = new (data: unknown) => { validate(): void };
