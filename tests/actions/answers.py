"""What the user's answers to waiting proposals mean."""

# Each of these approves the one waiting proposal.
YES = [
    "yes", "Yes", "YES", " yes ", "yes.", "yes!", "Yes, go!", "yes, go", "yes go", "yes please", "Yes, please.",
    "execute", "Execute!", "execute it", "proceed", "Proceed.", "please proceed", "go", "Go!", "go ahead",
    "go for it", "run", "run it", "Run it now", "run this", "please run it", "approve", "approved", "approve it",
    "do it", "yes, do it", "yes, run it", "yes, execute", "ok, go", "okay, run it", "great, proceed", "let's go",
    "let's do it", "yes - go ahead", "yes, yes", "'yes'", "\"yes\"", "go go go", "yes, thank you", "1", "#1", "1.",
    "the first one", "first", "option 1", "number 1", "all", "run 1", "yes, the first one", "yes, 1",
]  # fmt: skip

# None of these approves anything.
NOT_YES = [
    "", " ", "\n", "n", "no", "No!", "nope", "not yet", "y", "Y", "ye", "yess", "yes?", "yes!?", "ok", "okay",
    "sure", "fine", "k", "yeah maybe", "maybe", "later", "yesterday the market fell",
    "yes I wonder whether this is right", "yes and no", "yes or no", "yes if the data are complete", "yes, but",
    "yes, later", "yes, tomorrow", "yes, but not now", "yes, but not with XGBoost", "yes it is strange",
    "yes that was good", "no, go away", "don't run", "do not run it", "don't do it", "never run this", "run away",
    "run?", "run time is too long", "running", "go home", "go back", "go on holiday", "going", "go to hell",
    "gopher", "executed", "execution", "the execution of this?", "proceedings", "approval", "approve? no",
    "disapprove", "stop", "cancel", "quit", "wait", "hold on", "help", "what will run?", "why?",
    "how long does it take", "should I say yes", "if I say yes, what happens", "say yes", "type yes",
    "I did not say yes", "the answer is yes", "is it a yes", "yes/no", "yes\nrun it", "no\nyes", "> yes",
    "`yes` is what I would type", "yes yes but why", "0", "2", "2-3", "1-5", "7-10", "11", "1.5", "-1", "85%",
    "90 %", "7-10 days", "1 million", "first of all, why", "the second one", "both", "all right",
    "all of this is wrong", "one", "none", "none of them", "neither", "option", "the", "ｙｅｓ", "уes", "yes\u202e",
    "y e s", "ja", "oui", "1,2", "1 and 2", "run the numbers by me first", "run XGBoost", "proceed with caution",
    "go with the flow", "execute order 66", "please", "thanks", "please don't", "thank you, no", "let's not",
    "let's talk", "let's go slowly, explain first", "do it again?", "do that other thing",
    "Yes, go and fetch more data first",
]  # fmt: skip
