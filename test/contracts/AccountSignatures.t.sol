// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {ERC7579Account} from "../../contracts/account/ERC7579Account.sol";
import {AccountFixture, ModuleStub} from "./support/AccountFixture.sol";

contract AccountSignaturesTest is AccountFixture {
    bytes4 private constant VALID = 0x1626ba7e;
    bytes4 private constant INVALID = 0xffffffff;
    bytes32 private constant HASH = keccak256("message");
    string private constant CONTENTS = "Mail(address to,string text)";

    function test_acceptsPersonalSignature() public view {
        _expect(account.isValidSignature(HASH, _personal(account, OWNER_KEY)), VALID);
        _expect(account.isValidSignature(keccak256("other"), _personal(account, OWNER_KEY)), INVALID);
        _expect(account.isValidSignature(HASH, _personal(account, 0xbad)), INVALID);
    }

    function test_refusesRawSignature() public view {
        _expect(account.isValidSignature(HASH, _sign(OWNER_KEY, HASH)), INVALID);
    }

    function test_refusesSignatureForAnotherAccountOrChain() public {
        ERC7579Account other = bare();
        other.initialize(new bytes[](0), one(owner));
        _expect(other.isValidSignature(HASH, _personal(account, OWNER_KEY)), INVALID);
        bytes memory signature = _personal(account, OWNER_KEY);
        vm.chainId(block.chainid + 1);
        _expect(account.isValidSignature(HASH, signature), INVALID);
    }

    function test_acceptsNestedTypedData() public view {
        (bytes32 hash, bytes memory signature) = _typed(CONTENTS, "Mail", OWNER_KEY, CONTENTS);
        _expect(account.isValidSignature(hash, signature), VALID);
        _expect(account.isValidSignature(HASH, signature), INVALID);
        string memory explicitType = "Address(bytes20 raw)Mail(Address to)";
        (hash, signature) = _typed(explicitType, "Mail", OWNER_KEY, string.concat(explicitType, "Mail"));
        _expect(account.isValidSignature(hash, signature), VALID);
    }

    function test_refusesImproperDescriptions() public view {
        string[6] memory names = ["mail", "", "Ma il", "Ma,il", "(Mail", "Ma)il"];
        for (uint256 i = 0; i < names.length; ++i) {
            string memory contents = string.concat(names[i], "(address to)");
            (bytes32 hash, bytes memory signature) = _typed(contents, names[i], OWNER_KEY, contents);
            _expect(account.isValidSignature(hash, signature), INVALID);
        }
    }

    function test_refusesShownContentsThatWereNotSigned() public view {
        (bytes32 hash, bytes memory signature) = _typed(CONTENTS, "Mail", OWNER_KEY, "Spam(address to,string text)");
        _expect(account.isValidSignature(hash, signature), INVALID);
    }

    function test_asksInstalledValidators() public {
        ModuleStub module = new ModuleStub(true, false, true);
        module.setValidHash(_personalHash(address(account)));
        bytes memory signature = abi.encode(hex"1234", address(module));
        _expect(account.isValidSignature(HASH, signature), INVALID);
        install(1, address(module));
        _expect(account.isValidSignature(HASH, signature), VALID);
        _expect(account.isValidSignature(HASH, abi.encode(hex"1234", address(module), hex"")), VALID);
        _expect(account.isValidSignature(keccak256("other"), signature), INVALID);
        module.setRefuses(true);
        _expect(account.isValidSignature(HASH, signature), INVALID);
        module.setRefuses(false);
        uninstall(1, address(module));
        _expect(account.isValidSignature(HASH, signature), INVALID);
    }

    function testFuzz_neverReverts(bytes32 hash, bytes memory signature) public view {
        _expect(account.isValidSignature(hash, signature), INVALID);
        _expect(account.isValidSignature(hash, bytes.concat(signature, hex"0020")), INVALID);
    }

    function test_saysThatItSupportsErc7739() public view {
        bytes32 probe = 0x7739773977397739773977397739773977397739773977397739773977397739;
        _expect(account.isValidSignature(probe, ""), bytes4(0x77390001));
    }

    function test_refusesMalleableAndOddSignatures() public view {
        bytes32 signedHash = _personalHash(address(account));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(OWNER_KEY, signedHash);
        uint256 order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
        bytes memory twin = abi.encodePacked(r, bytes32(order - uint256(s)), v == 27 ? uint8(28) : uint8(27));
        _expect(account.isValidSignature(HASH, twin), INVALID);
        _expect(account.isValidSignature(HASH, abi.encodePacked(r, s, v - 27)), INVALID);
        bytes32 compact = bytes32(uint256(s) | uint256(v - 27) << 255);
        _expect(account.isValidSignature(HASH, abi.encodePacked(r, compact)), INVALID);
    }

    function _expect(bytes4 actual, bytes4 expected) private pure {
        assertEq(bytes32(actual), bytes32(expected));
    }

    function _personal(ERC7579Account signer, uint256 key) private view returns (bytes memory) {
        return _sign(key, _personalHash(address(signer)));
    }

    function _personalHash(address signer) private view returns (bytes32) {
        bytes32 structHash = keccak256(abi.encode(keccak256("PersonalSign(bytes prefixed)"), HASH));
        return keccak256(abi.encodePacked("\x19\x01", _domainSeparator(signer), structHash));
    }

    /// @dev ERC-7739 as its text says, for contents of the given type; `described` is what the signature claims.
    function _typed(string memory contents, string memory name, uint256 key, string memory described)
        private
        view
        returns (bytes32 hash, bytes memory signature)
    {
        bytes32 appSeparator = keccak256("application");
        bytes32 contentsHash = keccak256(abi.encode(keccak256(bytes(contents)), "text"));
        hash = keccak256(abi.encodePacked("\x19\x01", appSeparator, contentsHash));
        bytes32 typeHash = keccak256(
            abi.encodePacked(
                "TypedDataSign(",
                name,
                " contents,string name,string version,uint256 chainId,address verifyingContract,bytes32 salt)",
                contents
            )
        );
        bytes32 structHash = keccak256(
            abi.encode(
                typeHash, contentsHash, keccak256("zksso"), keccak256("1"), block.chainid, address(account), bytes32(0)
            )
        );
        bytes memory inner = _sign(key, keccak256(abi.encodePacked("\x19\x01", appSeparator, structHash)));
        signature = abi.encodePacked(inner, appSeparator, contentsHash, described, uint16(bytes(described).length));
    }

    function _domainSeparator(address signer) private view returns (bytes32) {
        (, string memory name, string memory version, uint256 chainId,,,) =
            ERC7579Account(payable(signer)).eip712Domain();
        return keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256(bytes(name)),
                keccak256(bytes(version)),
                chainId,
                signer
            )
        );
    }

    function _sign(uint256 key, bytes32 hash) private pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, hash);
        return abi.encodePacked(r, s, v);
    }
}
