import { compressedSerializer } from "../../src/serializers/compressed-serializer.ts";
import { jsonSerializer } from "../../src/serializers/json-serializer.ts";
import { v8Serializer } from "../../src/serializers/v8-serializer.ts";
import { serializerSuite } from "../../src/testing/serializer-suite.ts";

serializerSuite({ name: "jsonSerializer", create: jsonSerializer });
serializerSuite({ name: "v8Serializer", create: v8Serializer });
serializerSuite({ name: "compressedSerializer", create: compressedSerializer });
serializerSuite({
  name: "compressedSerializer of v8",
  create: () => compressedSerializer({ serializer: v8Serializer() }),
});
