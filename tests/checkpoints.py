"""Small real checkpoints of each family, saved as a snapshot of the hub would be: configuration,
weights, tokenizer.

The weights are random, the tokenizers are trained on the sentences below (our own writing), the
classes are those of transformers. `BUILDERS` has one function a family, which fills a folder.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import sentencepiece
import torch
from tokenizers import Tokenizer, decoders, models, normalizers, processors, trainers
from transformers import (
    AutoModelForSeq2SeqLM,
    AutoTokenizer,
    Gemma3ForCausalLM,
    Gemma3TextConfig,
    M2M100Config,
    MarianConfig,
    MBart50Tokenizer,
    MBartConfig,
    MT5Config,
    NllbTokenizer,
    PegasusConfig,
    PegasusTokenizer,
    PreTrainedTokenizerFast,
    T5Config,
    T5Gemma2Config,
    T5Tokenizer,
)

FRENCH: Final = (
    "L'hébergeur français Nuagis ouvre mardi une nouvelle région à Lille, a annoncé sa directrice, "
    "Anne Leroy.",
    "Le site compte 1 200 serveurs et a coûté 45 millions d'euros.",
    "Les équipements sont refroidis à l'eau de pluie et l'électricité vient de trois parcs "
    "d'éoliennes.",
    "L'entreprise emploie 320 personnes et vise les administrations, qui cherchent à quitter les "
    "fournisseurs américains.",
    "Un correctif de sécurité est disponible depuis jeudi pour toutes les versions du logiciel.",
    "La faille permettait de lire la mémoire d'un autre client du même serveur.",
    "Selon l'éditeur, personne ne s'en est servi avant la publication du rapport.",
    "Le téléphone sera vendu 499 euros dès le mois de septembre, dans deux couleurs.",
    "La Commission européenne a ouvert une enquête sur les contrats du groupe.",
    "Les deux sociétés veulent réunir leurs équipes de recherche avant la fin de l'année.",
)
ENGLISH: Final = (
    "The French hosting company Nuagis opens a new region in Lille on Tuesday, its director, Anne "
    "Leroy, said.",
    "The site has 1,200 servers and cost 45 million euros.",
    "The machines are cooled with rain water and the power comes from three wind farms.",
    "The company employs 320 people and looks for public customers, who want to leave American "
    "suppliers.",
    "A security update has been available since Thursday for all versions of the software.",
    "The flaw made it possible to read the memory of another customer of the same server.",
    "According to the publisher, nobody used it before the report was published.",
    "The phone will be sold for 499 euros from September, in two colours.",
    "The European Commission has opened an inquiry into the contracts of the group.",
    "Both companies want to bring their research teams together before the end of the year.",
)
VOCABULARY: Final = 300
POSITIONS: Final = 96  # of the families that number their positions
SPREAD: Final = (
    0.2  # of the random weights: the answers then depend on the text, and the beams differ
)
BART_SHAPE: Final[Mapping[str, Any]] = {
    "d_model": 32, "encoder_layers": 2, "decoder_layers": 2, "encoder_attention_heads": 2,
    "decoder_attention_heads": 2,
    "encoder_ffn_dim": 64, "decoder_ffn_dim": 64, "max_position_embeddings": POSITIONS,
    "init_std": SPREAD,
}  # fmt: skip
T5_SHAPE: Final[Mapping[str, Any]] = {
    "d_model": 32, "d_kv": 8, "d_ff": 64, "num_layers": 2, "num_heads": 2,
    "decoder_start_token_id": 0, "pad_token_id": 0,
    "eos_token_id": 1, "initializer_factor": 1.5,
}  # fmt: skip
FAIRSEQ: Final[Mapping[str, Any]] = {"bos_id": 0, "pad_id": 1, "eos_id": 2, "unk_id": 3}


def train_sentencepiece(
    path: Path, sentences: tuple[str, ...] = FRENCH + ENGLISH, **options: Any
) -> None:
    """Trains a SentencePiece model on our sentences and writes it to `path`."""
    with path.open("wb") as stream:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(sentences), model_writer=stream, vocab_size=VOCABULARY,
            hard_vocab_limit=False,
            character_coverage=1.0, minloglevel=2, num_threads=1, **options,
        )  # fmt: skip


def pieces(path: Path) -> list[str]:
    """The vocabulary of a SentencePiece model, in order."""
    model = sentencepiece.SentencePieceProcessor(model_file=str(path))
    return [model.id_to_piece(k) for k in range(len(model))]


def write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")


def save_weights(folder: Path, config: Any, size: int, **generation: Any) -> None:
    """A model of random weights for `config` with `size` tokens, and its generation defaults."""
    torch.manual_seed(0)
    config.vocab_size = size
    model = AutoModelForSeq2SeqLM.from_config(config)
    if (
        getattr(model, "lm_head", None) is not None and config.model_type == "mt5"
    ):  # whose output matrix is its own
        model.lm_head.weight = torch.nn.Parameter(torch.randn(size, config.d_model))
    for name, value in generation.items():
        setattr(model.generation_config, name, value)
    model.save_pretrained(folder)


def mt5(folder: Path) -> None:
    """mT5: a SentencePiece model only, gated feed-forward layers, an output matrix of its own."""
    train_sentencepiece(folder / "spiece.model", pad_id=0, eos_id=1, unk_id=2, bos_id=-1)
    write_json(folder / "tokenizer_config.json", {"tokenizer_class": "T5Tokenizer", "extra_ids": 0})
    size = len(T5Tokenizer.from_pretrained(folder))
    save_weights(
        folder, MT5Config(**T5_SHAPE), size + 12, length_penalty=0.6, num_beams=4, max_length=84
    )


def t5(folder: Path) -> None:
    """T5 1.0: tied matrices, plain feed-forward layers, sentinel tokens, prefixes in its
    configuration."""
    train_sentencepiece(folder / "spiece.model", pad_id=0, eos_id=1, unk_id=2, bos_id=-1)
    write_json(
        folder / "tokenizer_config.json", {"tokenizer_class": "T5Tokenizer", "model_max_length": 64}
    )
    config = T5Config(**T5_SHAPE, task_specific_params={"summarization": {"prefix": "résumé, "}})
    save_weights(folder, config, len(T5Tokenizer.from_pretrained(folder)) + 12)


def barthez(folder: Path) -> None:
    """BARThez: an mBART whose tokenizer knows no language tokens."""
    train_sentencepiece(folder / "sentencepiece.bpe.model", control_symbols=["<mask>"], **FAIRSEQ)
    write_json(folder / "tokenizer_config.json", {"tokenizer_class": "BarthezTokenizer"})
    config = MBartConfig(
        **BART_SHAPE, decoder_start_token_id=0, bos_token_id=0, pad_token_id=1, eos_token_id=2
    )
    save_weights(
        folder, config, len(pieces(folder / "sentencepiece.bpe.model")), forced_eos_token_id=2
    )


def mbart50(folder: Path) -> None:
    """mBART-50: the language first on both sides."""
    train_sentencepiece(folder / "sentencepiece.bpe.model")
    tokenizer = MBart50Tokenizer.from_pretrained(folder, src_lang="fr_XX", tgt_lang="en_XX")
    tokenizer.save_pretrained(folder)
    config = MBartConfig(**BART_SHAPE, decoder_start_token_id=2, tokenizer_class="MBart50Tokenizer")
    save_weights(folder, config, len(tokenizer), forced_eos_token_id=2)


def m2m100(folder: Path) -> None:
    """M2M100: `__fr__` first on both sides, a vocabulary file beside the SentencePiece model."""
    train_sentencepiece(folder / "sentencepiece.bpe.model", model_type="bpe")
    known = pieces(folder / "sentencepiece.bpe.model")[3:]
    write_json(
        folder / "vocab.json",
        {token: k for k, token in enumerate(["<s>", "<pad>", "</s>", "<unk>", *known])},
    )
    write_json(folder / "tokenizer_config.json", {"tokenizer_class": "M2M100Tokenizer"})
    config = M2M100Config(
        **BART_SHAPE, decoder_start_token_id=2, bos_token_id=0, pad_token_id=1, eos_token_id=2
    )
    save_weights(folder, config, 4 + len(known) + 100 + 8)  # languages, and words that were made up


def nllb(folder: Path) -> None:
    """NLLB: an M2M100 with other language tokens."""
    train_sentencepiece(folder / "sentencepiece.bpe.model", model_type="bpe")
    codes = ["fra_Latn", "eng_Latn", "deu_Latn"]  # the real one has 202, in its tokenizer.json too
    NllbTokenizer.from_pretrained(
        folder, extra_special_tokens=codes, src_lang="eng_Latn"
    ).save_pretrained(folder)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    config = M2M100Config(
        **BART_SHAPE, decoder_start_token_id=2, bos_token_id=0, pad_token_id=1, eos_token_id=2
    )
    save_weights(folder, config, len(tokenizer))


def marian(folder: Path) -> None:
    """opus-mt: two SentencePiece models, one vocabulary with <pad> last, which the decoder starts
    from."""
    train_sentencepiece(folder / "source.spm", FRENCH)
    train_sentencepiece(folder / "target.spm", ENGLISH)
    both = dict.fromkeys(
        [
            "</s>",
            "<unk>",
            *pieces(folder / "source.spm")[3:],
            *pieces(folder / "target.spm")[3:],
            "<pad>",
        ]
    )
    write_json(folder / "vocab.json", {token: k for k, token in enumerate(both)})
    settings = {
        "tokenizer_class": "MarianTokenizer",
        "source_lang": "fr",
        "target_lang": "en",
        "model_max_length": 64,
    }
    write_json(folder / "tokenizer_config.json", settings)
    pad = len(both) - 1
    config = MarianConfig(
        **BART_SHAPE,
        decoder_start_token_id=pad,
        pad_token_id=pad,
        eos_token_id=0,
        scale_embedding=True,
        activation_function="swish",
    )
    save_weights(folder, config, len(both), bad_words_ids=[[pad]], num_beams=4, max_length=512)


def pegasus(folder: Path) -> None:
    """Pegasus: the first 105 tokens are its own."""
    train_sentencepiece(folder / "spiece.model", pad_id=0, eos_id=1, unk_id=2, bos_id=-1)
    tokenizer = PegasusTokenizer.from_pretrained(folder)
    tokenizer.save_pretrained(folder)
    ids = {"pad_token_id": tokenizer.pad_token_id, "eos_token_id": tokenizer.eos_token_id}
    config = PegasusConfig(
        **BART_SHAPE, decoder_start_token_id=tokenizer.pad_token_id, scale_embedding=True, **ids
    )
    save_weights(folder, config, len(tokenizer), num_beams=8, length_penalty=0.8, min_length=4)


def gemma_tokenizer(folder: Path) -> int:
    """A tokenizer as Gemma's: BPE without a pre-tokenizer, <bos> first."""
    special = ["<pad>", "<eos>", "<bos>", "<unk>"]
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.normalizer = normalizers.Replace(" ", "▁")
    tokenizer.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.Fuse()])
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY, special_tokens=special, show_progress=False
    )
    tokenizer.train_from_iterator(FRENCH + ENGLISH, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<bos> $A", special_tokens=[("<bos>", 2)]
    )
    names = {f"{token.strip('<>')}_token": token for token in special}
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, **names).save_pretrained(folder)
    return tokenizer.get_vocab_size()


def gemma_shape(**more: Any) -> dict[str, Any]:
    return {
        "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2,
        "num_attention_heads": 2, "num_key_value_heads": 1,
        "head_dim": 16, "sliding_window": 16, "max_position_embeddings": 512, "pad_token_id": 0,
        "eos_token_id": 1,
        "bos_token_id": 2, "initializer_range": SPREAD, "query_pre_attn_scalar": 16,
        "layer_types": ["sliding_attention", "full_attention"], **more,
    }  # fmt: skip


def t5gemma2(folder: Path) -> None:
    """T5Gemma 2: Gemma 3 layers on both sides, and eyes that nobody uses here."""
    size = gemma_tokenizer(folder)
    eyes = {
        "model_type": "siglip_vision_model", "hidden_size": 16, "intermediate_size": 16,
        "num_hidden_layers": 1,
        "num_attention_heads": 1, "image_size": 16, "patch_size": 8,
    }  # fmt: skip
    text = gemma_shape(vocab_size=size)
    config = T5Gemma2Config(
        encoder={"text_config": text, "vision_config": eyes, "mm_tokens_per_image": 4},
        decoder=text,
        initializer_range=SPREAD, decoder_start_token_id=2, image_token_index=size - 1,
    )  # fmt: skip
    save_weights(folder, config, size)


def prefix_lm(folder: Path) -> None:
    """A decoder that reads the text, then a marker, and writes on."""
    size = gemma_tokenizer(folder)
    torch.manual_seed(0)
    Gemma3ForCausalLM(Gemma3TextConfig(**gemma_shape(vocab_size=size))).save_pretrained(folder)


BUILDERS: Final[Mapping[str, Callable[[Path], None]]] = {
    "mt5": mt5, "t5": t5, "barthez": barthez, "mbart50": mbart50, "m2m100": m2m100, "nllb": nllb,
    "marian": marian,
    "pegasus": pegasus, "t5gemma2": t5gemma2, "prefix-lm": prefix_lm,
}  # fmt: skip
