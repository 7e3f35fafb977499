// The prose of the labs. What stands in lab.yaml is read by src/labs.
import { defineCollection } from 'astro:content';
import { glob } from 'astro/loaders';
import { z } from 'astro/zod';

export const collections = {
  labs: defineCollection({
    loader: glob({ base: './content', pattern: '{zh,en}/labs/*.mdx' }),
    schema: z.object({
      title: z.string().min(1),
      description: z.string().min(1),
      goals: z.array(z.string().min(1)).min(1),
    }),
  }),
};
