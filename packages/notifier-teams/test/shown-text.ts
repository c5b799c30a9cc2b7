/** What people read of a message to a Workflow. */
import { z } from "zod";

const cardMessage = z.object({
  type: z.literal("message"),
  attachments: z.tuple([
    z.object({
      contentType: z.literal("application/vnd.microsoft.card.adaptive"),
      content: z.object({
        type: z.literal("AdaptiveCard"),
        version: z.string(),
        body: z.array(z.object({ type: z.literal("TextBlock"), text: z.string(), wrap: z.boolean() })),
      }),
    }),
  ]),
});

/** @throws when the message is not as Workflows take it. */
export function shownText(json: string): string {
  const [{ content }] = cardMessage.parse(JSON.parse(json)).attachments;
  return content.body.map(({ text }) => text.replaceAll("\n\n", "\n")).join("\n");
}
