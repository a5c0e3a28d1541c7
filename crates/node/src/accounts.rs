//! The accounts that genesis funds, the same as other local ZKsync nodes fund, so that scripts written for those keep working.

use alloy::primitives::{Address, B256, address, b256};

/// A funded account whose key is public knowledge. Never use one outside a local chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RichAccount {
    /// The account's address.
    pub address: Address,
    /// Its secp256k1 private key.
    pub private_key: B256,
}

const fn rich(address: Address, private_key: B256) -> RichAccount {
    RichAccount {
        address,
        private_key,
    }
}

/// Funded accounts: first the ten of the mnemonic `test test test test test test test test test test test junk`, then twenty that
/// ZKsync's local nodes have always funded.
pub const RICH_ACCOUNTS: [RichAccount; 30] = [
    rich(
        address!("f39Fd6e51aad88F6F4ce6aB8827279cffFb92266"),
        b256!("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"),
    ),
    rich(
        address!("70997970C51812dc3A010C7d01b50e0d17dc79C8"),
        b256!("59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d"),
    ),
    rich(
        address!("3C44CdDdB6a900fa2b585dd299e03d12FA4293BC"),
        b256!("5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a"),
    ),
    rich(
        address!("90F79bf6EB2c4f870365E785982E1f101E93b906"),
        b256!("7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6"),
    ),
    rich(
        address!("15d34AAf54267DB7D7c367839AAf71A00a2C6A65"),
        b256!("47e179ec197488593b187f80a00eb0da91f1b9d0b13f8733639f19c30a34926a"),
    ),
    rich(
        address!("9965507D1a55bcC2695C58ba16FB37d819B0A4dc"),
        b256!("8b3a350cf5c34c9194ca85829a2df0ec3153be0318b5e2d3348e872092edffba"),
    ),
    rich(
        address!("976EA74026E726554dB657fA54763abd0C3a0aa9"),
        b256!("92db14e403b83dfe3df233f83dfa3a0d7096f21ca9b0d6d6b8d88b2b4ec1564e"),
    ),
    rich(
        address!("14dC79964da2C08b23698B3D3cc7Ca32193d9955"),
        b256!("4bbbf85ce3377467afe5d46f804f221813b2bb87f24d81f60f1fcdbf7cbf4356"),
    ),
    rich(
        address!("23618e81E3f5cdF7f54C3d65f7FBc0aBf5B21E8f"),
        b256!("dbda1821b80551c9d65939329250298aa3472ba22feea921c0cf5d620ea67b97"),
    ),
    rich(
        address!("a0Ee7A142d267C1f36714E4a8F75612F20a79720"),
        b256!("2a871d0798f97d79848a013d4936a73bf4cc922c825d33c1cf7073dff6d409c6"),
    ),
    rich(
        address!("36615Cf349d7F6344891B1e7CA7C72883F5dc049"),
        b256!("7726827caac94a7f9e1b160f7ea819f172f7b6f9d2a97f992c38edeab82d4110"),
    ),
    rich(
        address!("a61464658AfeAf65CccaaFD3a512b69A83B77618"),
        b256!("ac1e735be8536c6534bb4f17f06f6afc73b2b5ba84ac2cfb12f7461b20c0bbe3"),
    ),
    rich(
        address!("0D43eB5B8a47bA8900d84AA36656c92024e9772e"),
        b256!("d293c684d884d56f8d6abd64fc76757d3664904e309a0645baf8522ab6366d9e"),
    ),
    rich(
        address!("A13c10C0D5bd6f79041B9835c63f91de35A15883"),
        b256!("850683b40d4a740aa6e745f889a6fdc8327be76e122f5aba645a5b02d0248db8"),
    ),
    rich(
        address!("8002cD98Cfb563492A6fB3E7C8243b7B9Ad4cc92"),
        b256!("f12e28c0eb1ef4ff90478f6805b68d63737b7f33abfa091601140805da450d93"),
    ),
    rich(
        address!("4F9133D1d3F50011A6859807C837bdCB31Aaab13"),
        b256!("e667e57a9b8aaa6709e51ff7d093f1c5b73b63f9987e4ab4aa9a5c699e024ee8"),
    ),
    rich(
        address!("bd29A1B981925B94eEc5c4F1125AF02a2Ec4d1cA"),
        b256!("28a574ab2de8a00364d5dd4b07c4f2f574ef7fcc2a86a197f65abaec836d1959"),
    ),
    rich(
        address!("edB6F5B4aab3dD95C7806Af42881FF12BE7e9daa"),
        b256!("74d8b3a188f7260f67698eb44da07397a298df5427df681ef68c45b34b61f998"),
    ),
    rich(
        address!("e706e60ab5Dc512C36A4646D719b889F398cbBcB"),
        b256!("be79721778b48bcc679b78edac0ce48306a8578186ffcb9f2ee455ae6efeace1"),
    ),
    rich(
        address!("E90E12261CCb0F3F7976Ae611A29e84a6A85f424"),
        b256!("3eb15da85647edd9a1159a4a13b9e7c56877c4eb33f614546d4db06a51868b1c"),
    ),
    rich(
        address!("BC989fDe9e54cAd2aB4392Af6dF60f04873A033A"),
        b256!("3d3cbc973389cb26f657686445bcc75662b415b656078503592ac8c1abb8810e"),
    ),
    rich(
        address!("55bE1B079b53962746B2e86d12f158a41DF294A6"),
        b256!("509ca2e9e6acf0ba086477910950125e698d4ea70fa6f63e000c5a22bda9361c"),
    ),
    rich(
        address!("CE9e6063674DC585F6F3c7eaBe82B9936143Ba6C"),
        b256!("71781d3a358e7a65150e894264ccc594993fbc0ea12d69508a340bc1d4f5bfbc"),
    ),
    rich(
        address!("d986b0cB0D1Ad4CCCF0C4947554003fC0Be548E9"),
        b256!("379d31d4a7031ead87397f332aab69ef5cd843ba3898249ca1046633c0c7eefe"),
    ),
    rich(
        address!("87d6ab9fE5Adef46228fB490810f0F5CB16D6d04"),
        b256!("105de4e75fe465d075e1daae5647a02e3aad54b8d23cf1f70ba382b9f9bee839"),
    ),
    rich(
        address!("78cAD996530109838eb016619f5931a03250489A"),
        b256!("7becc4a46e0c3b512d380ca73a4c868f790d1055a7698f38fb3ca2b2ac97efbb"),
    ),
    rich(
        address!("c981b213603171963F81C687B9fC880d33CaeD16"),
        b256!("e0415469c10f3b1142ce0262497fe5c7a0795f0cbfd466a6bfa31968d0f70841"),
    ),
    rich(
        address!("42F3dc38Da81e984B92A95CBdAAA5fA2bd5cb1Ba"),
        b256!("4d91647d0a8429ac4433c83254fb9625332693c848e578062fe96362f32bfe91"),
    ),
    rich(
        address!("64F47EeD3dC749d13e49291d46Ea8378755fB6DF"),
        b256!("41c9f9518aa07b50cb1c0cc160d45547f57638dd824a8d85b5eb3bf99ed2bdeb"),
    ),
    rich(
        address!("e2b8Cb53a43a56d4d2AB6131C81Bd76B86D3AFe5"),
        b256!("b0680d66303a0163a19294f1ef8c95cd69a9d7902a4aca99c05f3e134e68a11a"),
    ),
];

#[cfg(test)]
mod tests {
    use alloy::signers::local::PrivateKeySigner;

    use super::*;

    #[test]
    fn addresses_belong_to_their_keys() {
        for account in RICH_ACCOUNTS {
            let signer = PrivateKeySigner::from_bytes(&account.private_key).unwrap();
            assert_eq!(signer.address(), account.address);
        }
    }
}
