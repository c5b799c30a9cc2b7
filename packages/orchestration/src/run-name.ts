/** Names for runs that nobody named. */

const ADJECTIVES =
  "agile amber ample brave brisk calm clever cosmic crisp curious daring eager early easy fair fancy fleet fluffy gentle glad golden grand happy hardy humble jolly keen kind lively loyal lucky mellow merry mighty modest neat nimble noble patient plucky polite proud quick quiet rapid ready rosy royal rustic serene sharp shiny silent silver simple sleek smart smooth snug sober solid sturdy sunny swift tidy vivid warm wise witty zesty".split(
    " ",
  );
const ANIMALS =
  "badger bat bear beaver bee bison buffalo camel cat cobra condor cougar coyote crab crane cricket crow deer dingo dolphin donkey dove duck eagle eel elk falcon ferret finch fox frog gazelle gecko goat goose gull hamster hare hawk hedgehog heron horse hyena ibex iguana impala jackal jaguar jay kiwi koala lark lemur leopard lion lizard llama lobster lynx magpie marmot marten mole moose moth mouse newt ocelot octopus orca osprey otter owl panda panther parrot pelican penguin pigeon puffin puma quail rabbit raccoon raven robin salmon seal shark shrew skunk sloth snail sparrow spider squid stork swan tapir tiger toad toucan trout turtle viper walrus weasel whale wolf wombat yak zebra".split(
    " ",
  );

/** An adjective and an animal, chosen by the last twelve hexadecimal digits of an id, which are random in every kind of UUID. */
export function runName(id: string): string {
  const digits = Number.parseInt(id.slice(-12), 16) || 0;
  const adjective = ADJECTIVES[digits % ADJECTIVES.length];
  const animal = ANIMALS[Math.floor(digits / ADJECTIVES.length) % ANIMALS.length];
  return `${adjective}-${animal}`;
}
